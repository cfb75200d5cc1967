using System.Text;
using System.Text.Json.Nodes;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.FunctionalTests.Registry;

/// <summary>Models as people really bring them, each a copy of a whole one with one thing wrong.</summary>
internal static class BadModels
{
    private const string Graph = "1/model.onnx";

    /// <summary>By name: what spoils the model in a folder, and what its reason must say.</summary>
    public static IReadOnlyDictionary<string, (Action<TemporaryRepositoryModel> Spoil, string[] Reason)> All { get; } =
        new Dictionary<string, (Action<TemporaryRepositoryModel>, string[])>
        {
            ["truncated-file"] = (m => m.Write(Graph, m.Read(Graph).AsSpan()[..^1000]), ["model.onnx cannot be opened", "cut off", "copy it again"]),
            ["png-named-onnx"] = (m => m.Write(Graph, [0x89, .. "PNG\r\n\u001a\n"u8]), ["PNG image"]),
            ["empty-file"] = (m => m.Write(Graph, []), ["is empty", "copy it again"]),
            ["lfs-pointer"] = (m => m.Write(Graph, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"u8), ["git lfs pull"]),
            ["lfs-pointer-tokenizer"] = (m => m.Write("tokenizer.model", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"u8),
                ["tokenizer.model", "git lfs pull"]),
            ["lfs-pointer-labels"] = (m => m.Write("labels.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"u8),
                ["labels.txt", "git lfs pull"]),
            ["random-bytes"] = (m => m.Write(Graph, Noise()), ["cannot be opened", "Export the model to ONNX"]),
            ["unknown-operator"] = (m => m.Write(Graph, Classifier(new OnnxNode("FrobnicateLayer", ["lengths"], ["logits"]))),
                ["FrobnicateLayer", "standard operators"]),
            ["unsupported-attribute"] = (
                m => m.Write(Graph, Classifier(new OnnxNode("Identity", ["lengths"], ["logits"])
                {
                    Attributes = new Dictionary<string, object> { ["frobnicate"] = 1L },
                })),
                ["frobnicate", "opset that knows the attribute"]),
            ["types-that-do-not-fit"] = (m => m.Write(Graph, Classifier(new OnnxNode("Identity", ["lengths"], ["logits"]))),
                ["cannot be opened", "export it again"]),
            ["missing-external-data"] = (m => m.Write(Graph, WithExternal("weights.bin")),
                ["\"weights.bin\"", "is missing", "Copy that file beside the graph"]),
            ["short-external-data"] = (m => m.Write("1/weights.bin", new byte[7]).Write(Graph, WithExternal("weights.bin", "8")),
                ["which has 7", "Copy both files again"]),
            ["external-data-above"] = (m => m.Write("weights.bin", new byte[8]).Write(Graph, WithExternal("../weights.bin")),
                ["no file inside of the graph's folder"]),
            ["external-data-absolute"] = (m => m.Write(Graph, WithExternal("/etc/hostname")), ["no file inside of the graph's folder"]),
            ["external-data-by-a-link"] = (m => m.Link("1/weights.bin", "/etc/hostname").Write(Graph, WithExternal("weights.bin")), ["a link that leads out"]),
            ["graph-by-a-link"] = (m => m.Link(Graph, System.IO.Path.Combine(Shipped.FolderOf(Shipped.Default), Graph)),
                ["graphs.model", "a link that leads out of the repository"]),
            ["labels-by-a-link"] = (m => m.Link("labels.txt", "/etc/hostname"), ["labels", "a link that leads out of the repository"]),
            ["version-by-a-link"] = (m => m.LinkFolder("1", System.IO.Path.Combine(Shipped.FolderOf(Shipped.Default), "1")),
                ["a link that leads out of the repository"]),
            ["manifest-by-a-link"] = (m => m.Link("model.json", "/etc/passwd"), ["model.json is a link that leads out of the repository"]),
            ["manifest-without-an-end"] = (m => m.Link("model.json", SpecialFiles.Endless), ["model.json is a link that leads out of the repository"]),
            ["manifest-that-is-a-pipe"] = (m => m.Pipe("model.json"), ["model.json is a named pipe", "put a regular file in its place"]),
            ["manifest-that-is-huge"] = (m => m.Write("model.json", new byte[(1 << 20) + 1]), ["model.json has more than 1 MiB"]),
            ["graph-that-is-a-pipe"] = (m => m.Pipe(Graph), ["graphs.model", "a named pipe"]),
            ["labels-that-are-a-pipe"] = (m => m.Pipe("labels.txt"), ["labels names", "a named pipe"]),
            ["golden-that-is-a-pipe"] = (m => m.Pipe("1/golden.json"), ["golden.json is a named pipe"]),
            ["external-data-that-is-a-pipe"] = (m => m.Pipe("1/weights.bin").Write(Graph, WithExternal("weights.bin")), ["\"weights.bin\"", "a named pipe"]),
            ["file-name-above"] = (m => m.Manifest(json => json["labels"] = "../whole/labels.txt"),
                ["labels = ../whole/labels.txt", "inside the model's folder"]),
            ["file-name-absolute"] = (m => m.Manifest(json => json["tokenizer"]!["file"] = "/etc/hostname"),
                ["tokenizer.file = /etc/hostname", "inside the model's folder"]),
            ["checksum-above"] = (m => m.Manifest(json => json["files"] = new JsonObject { ["../whole/labels.txt"] = "sha256:" + new string('0', 64) }),
                ["inside the model's folder"]),
            ["graph-of-another-task"] = (
                m => m.Write(Graph, OnnxGraph.Identity([new("x", OnnxGraph.FloatType, 0, 3)], (new("y", OnnxGraph.FloatType, 0, 3), "x"))),
                ["not a graph of this task", "input ids is missing", "Expected inputs ids"]),
            ["labels-that-do-not-match"] = (m => m.Write("labels.txt", "one\ntwo\nthree\n"u8), ["holds 3 labels, the graph computes 2 classes"]),
            ["vocabulary-larger-than-the-embedding"] = (m => m.Write("tokenizer.model", [.. MorePieces(), .. m.Read("tokenizer.model")]),
                ["embedding holds the tokenizer's"]),
        };

    private static byte[] WithExternal(string location, string offset = "0") =>
        Classifier(new OnnxNode("Identity", ["w"], ["logits"]), OnnxWeights.External("w", [1, 2], location, offset));

    // Inputs and outputs as the task wants them.
    private static byte[] Classifier(OnnxNode node, params OnnxWeights[] weights) => OnnxGraph.Of(
        [new("ids", OnnxGraph.LongType, 0, 0), new("lengths", OnnxGraph.LongType, 0)], [new("logits", OnnxGraph.FloatType, 0, 2)], [node], weights);

    private static byte[] MorePieces() => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 4).Select(i => $"\n\u0005\n\u0003zz{i}")));

    private static byte[] Noise()
    {
        var noise = new byte[4096];
        new Random(3).NextBytes(noise);
        return noise;
    }
}
