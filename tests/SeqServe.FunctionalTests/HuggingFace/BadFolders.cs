using System.Text.Json.Nodes;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.FunctionalTests.HuggingFace;

/// <summary>Folders of Hugging Face as people really bring them, each a copy of a whole one with one thing wrong.</summary>
internal static class BadFolders
{
    private const string Classifier = "bert-sentiment";
    private const string Writer = "gpt2-stories";
    private const string Graph = "model.onnx";
    private const string Config = "config.json";
    private const string Tokens = "tokenizer.json";
    private const int Vocabulary = 2000;
    private const string Export = "optimum-cli export onnx";

    private static readonly byte[] s_pointer = [.. "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"u8];

    /// <summary>By name: the folder that is copied, what spoils the copy, and what its reason must say.</summary>
    public static IReadOnlyDictionary<string, (string Source, Action<BadFolder> Spoil, string[] Reason)> All { get; } =
        new Dictionary<string, (string, Action<BadFolder>, string[])>
        {
            ["weights-of-pytorch"] = (Classifier, f => f.Remove(Graph).Write("model.safetensors", [1, 2, 3]), ["model.safetensors", Export]),
            ["old-weights-of-pytorch"] = (Classifier, f => f.Remove(Graph).Write("pytorch_model.bin", [1, 2, 3]), ["pytorch_model.bin", Export]),
            ["weights-of-tensorflow"] = (Classifier, f => f.Remove(Graph).Write("tf_model.h5", [1, 2, 3]), ["tf_model.h5", Export]),
            ["weights-of-llama-cpp"] = (Writer, f => f.Remove(Graph).Write("model-q4.gguf", [1, 2, 3]), ["model-q4.gguf", Export]),
            ["pointer-to-the-graph"] = (Classifier, f => f.Write(Graph, s_pointer), [Graph, "git lfs pull"]),
            ["pointer-to-the-tokenizer"] = (Classifier, f => f.Write(Tokens, s_pointer), [Tokens, "git lfs pull"]),
            ["graph-half-copied"] = (Classifier, f => f.Cut(Graph), [Graph, "copy it again"]),
            ["tokenizer-half-copied"] = (Classifier, f => f.Cut(Tokens), [Tokens, "is no JSON", "copy it again"]),
            ["configuration-half-copied"] = (Classifier, f => f.Cut(Config), [Config, "no valid JSON", "copy it again"]),
            ["no-tokenizer"] = (Writer, f => f.Remove(Tokens).Remove("tokenizer_config.json").Remove("special_tokens_map.json"),
                ["vocab.json", "save_pretrained"]),
            ["unknown-normalizer"] = (
                Classifier, f => f.Json(Tokens, json => json["normalizer"] = new JsonObject { ["type"] = "Shouting" }), ["Shouting", "\"tensor\""]),
            ["unknown-model-of-the-tokenizer"] = (Classifier, f => f.Json(Tokens, json => json["model"]!["type"] = "Syllables"), ["Syllables", "\"tensor\""]),
            ["labels-that-do-not-match"] = (Classifier, f => f.Json(Config, json =>
                json["id2label"] = new JsonObject { ["0"] = "a", ["1"] = "b", ["2"] = "c" }), ["3 labels", "2 classes"]),
            ["tokens-beyond-the-embedding"] = (
                Classifier, f => f.Json(Tokens, json => json["added_tokens"]!.AsArray().Add(Added(5000))), ["2001 ids", "embedding"]),
            ["tokens-beyond-the-logits"] = (
                Writer, f => f.Json(Tokens, json => json["added_tokens"]!.AsArray().Add(Added(9000))), ["2001 pieces", "2000 logits", "put the tokenizer"]),
            ["graph-of-another-task"] = (Writer, f => f.Json(Config, json => json["architectures"] = new JsonArray("GPT2ForSequenceClassification")),
                ["not a graph of this task", "past_key_values"]),
            ["reads-images"] = (Classifier, f => f.Json(Config, json => json["architectures"] = new JsonArray("ViTForImageClassification")), ["reads images"]),
            ["hears"] = (Classifier, f => f.Json(Config, json => json["model_type"] = "whisper"), ["\"whisper\" reads no text"]),
            ["decoder-without-encoder"] = (Writer, f => f.Json(Config, json => json["architectures"] = new JsonArray("T5ForConditionalGeneration")),
                ["encoder_model.onnx", Export]),
            ["fewer-layers-of-past"] = (Writer, f => f.Write(Graph, OfLayers(pastHeads: 2, presentHeads: 2, layersOut: 1)), ["present.1.key", "export"]),
            ["other-heads-of-past"] = (Writer, f => f.Write(Graph, OfLayers(pastHeads: 2, presentHeads: 4, layersOut: 2)),
                ["past_key_values.0.key", "present.0.key", "export"]),
            ["missing-external-data"] = (Classifier, f => f.Write(Graph, WithExternal("model.onnx_data")), ["\"model.onnx_data\"", "Copy that file"]),
            ["unknown-operator"] = (Classifier, f => f.Write(Graph, Of(17, new OnnxNode("FrobnicateLayer", ["h"], ["logits"]))),
                ["FrobnicateLayer", "standard operators"]),
            ["later-opset"] = (Classifier, f => f.Write(Graph, Of(99, new OnnxNode("Identity", ["h"], ["logits"]))), ["99", "lower opset"]),
            ["brain-floats"] = (Classifier, f => f.Write(Graph, BrainFloats()), ["Add", "bfloat16", "float32"]),
        };

    private static JsonObject Added(int id) => new()
    {
        ["id"] = id,
        ["content"] = "<far>",
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static byte[] WithExternal(string location) => OnnxGraph.Of(
        Inputs, [new("logits", OnnxGraph.FloatType, 0, 2)], [new OnnxNode("Identity", ["w"], ["logits"])], OnnxWeights.External("w", [1, 2], location, "0"));

    private static OnnxTensor[] Inputs => [new("input_ids", OnnxGraph.LongType, 0, 0), new("attention_mask", OnnxGraph.LongType, 0, 0)];

    private static byte[] Of(int opset, OnnxNode last) => OnnxGraph.OfOpset(
        opset, OnnxGraph.Graph(Inputs, [new("logits", OnnxGraph.FloatType, 0, 0)], [Cast("input_ids", "h", OnnxGraph.FloatType), last]));

    private static byte[] BrainFloats() => OnnxGraph.Of(
        Inputs,
        [new("logits", OnnxGraph.FloatType, 0, 0)],
        [Cast("input_ids", "h", OnnxGraph.BrainFloatType), new OnnxNode("Add", ["h", "h"], ["s"]), Cast("s", "logits", OnnxGraph.FloatType)]);

    // A language model of two layers whose outputs are not what goes back in.
    private static byte[] OfLayers(int pastHeads, int presentHeads, int layersOut)
    {
        var pasts = Enumerable.Range(0, 2).SelectMany(layer => new[] { $"{layer}.key", $"{layer}.value" }).ToList();
        var presents = pasts.Take(2 * layersOut).ToList();
        return OnnxGraph.Of(
            [.. Inputs, .. pasts.Select(name => new OnnxTensor($"past_key_values.{name}", OnnxGraph.FloatType, 0, pastHeads, 0, 4))],
            [
                new("logits", OnnxGraph.FloatType, 0, 0, Vocabulary),
                .. presents.Select(name => new OnnxTensor($"present.{name}", OnnxGraph.FloatType, 0, presentHeads, 0, 4)),
            ],
            [
                Cast("input_ids", "h", OnnxGraph.FloatType),
                new OnnxNode("Unsqueeze", ["h", "axis"], ["columns"]),
                new OnnxNode("MatMul", ["columns", "w"], ["logits"]),
                .. presents.Select(name => new OnnxNode(
                    "Concat", [.. Enumerable.Repeat($"past_key_values.{name}", presentHeads / pastHeads)], [$"present.{name}"])
                {
                    Attributes = new Dictionary<string, object> { ["axis"] = 1L },
                }),
            ],
            new OnnxWeights("axis", [1], -1L),
            new OnnxWeights("w", [1, Vocabulary], new float[Vocabulary]));
    }

    private static OnnxNode Cast(string input, string output, int type) =>
        new("Cast", [input], [output]) { Attributes = new Dictionary<string, object> { ["to"] = (long)type } };
}

/// <summary>A copy of a folder that a test spoils.</summary>
internal sealed class BadFolder
{
    private readonly string _path;

    /// <summary>Copies a folder.</summary>
    public BadFolder(string source, string path)
    {
        _path = path;
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(path, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public BadFolder Write(string file, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(_path, file), content);
        return this;
    }

    public BadFolder Remove(string file)
    {
        File.Delete(Path.Combine(_path, file));
        return this;
    }

    /// <summary>As it is while it is copied.</summary>
    public BadFolder Cut(string file)
    {
        var content = File.ReadAllBytes(Path.Combine(_path, file));
        return Write(file, content[..(content.Length / 2)]);
    }

    public BadFolder Json(string file, Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(_path, file)))!.AsObject();
        edit(json);
        File.WriteAllText(Path.Combine(_path, file), json.ToJsonString());
        return this;
    }
}
