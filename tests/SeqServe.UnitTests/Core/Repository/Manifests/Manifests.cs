using System.Text;
using System.Text.Json.Nodes;
using SeqServe.Core.Repository.Manifests;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository.Manifests;

/// <summary>A valid manifest, and what comes of changing it.</summary>
internal static class Manifests
{
    public const string Folder = "film";

    private const string Valid = """
        {
          "name": "film", "task": "classification", "architecture": "gru", "description": "Films.", "default": true,
          "version_policy": { "latest": 2 },
          "graphs": { "model": "graph.onnx" },
          "tokenizer": { "type": "sentencepiece-bpe", "file": "tokenizer.model", "normalization": "nfkc-casefold",
                         "add_bos": true, "add_eos": false, "bos_id": 2, "eos_id": 3, "pad_id": 1 },
          "labels": "labels.txt",
          "limits": { "max_input_tokens": 128 },
          "batching": { "max_batch_size": 8, "max_batch_tokens": 1024, "max_queue_delay_ms": 5, "queue_capacity": 64 },
          "instances": { "device": "cpu", "sessions": 2, "intra_op_threads": "auto" },
          "files": { "1/graph.onnx": "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
          "card": { "data": "Reviews.", "data_licence": "none", "licence": "MIT", "parameters": 1000, "trained_by": "train.py",
                    "metrics": { "accuracy": 80.5 }, "metrics_on": "test", "notes": "None." }
        }
        """;

    public static ModelManifest Read(Action<JsonObject>? edit = null) => Read(Text(edit));

    /// <summary>The valid manifest with a value, named by its path, replaced by JSON.</summary>
    public static string Text(string path, string value) => Text(json => Set(json, path, value));

    public static ModelManifest Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    public static ModelManifest Read(byte[] json) => ShippedTasks.Manifests.Read(json, Folder);

    public static ManifestException Refuse(Action<JsonObject> edit) => Assert.Throws<ManifestException>(() => Read(edit));

    public static ManifestException Refuse(string json) => Assert.Throws<ManifestException>(() => Read(json));

    /// <summary>Replaces a value, named by its path, with JSON; null removes it.</summary>
    public static ManifestException Refuse(string path, string? value) => Refuse(json => Set(json, path, value));

    /// <summary>Turns the manifest into one of a generating task.</summary>
    public static void BecomeGenerating(JsonObject json, string task)
    {
        var translates = task == "translation";
        json["task"] = task;
        json.Remove("labels");
        Set(json, "limits.max_output_tokens", "160");
        Set(json, "graphs", translates ? """{ "encoder": "e.onnx", "decoder": "d.onnx" }""" : null);
        Set(json, "languages", translates ? """{ "source": "en", "target": "fr" }""" : null);
        Set(json, "state", """[{ "in": "h_in", "out": "h_out" }]""");
    }

    private static string Text(Action<JsonObject>? edit)
    {
        var json = JsonNode.Parse(Valid)!.AsObject();
        edit?.Invoke(json);
        return json.ToJsonString();
    }

    public static void Set(JsonObject json, string path, string? value)
    {
        var keys = path.Split('.');
        foreach (var key in keys[..^1])
            json = json[key]!.AsObject();
        if (value is null)
            json.Remove(keys[^1]);
        else
            json[keys[^1]] = JsonNode.Parse(value);
    }
}
