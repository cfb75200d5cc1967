using System.Text.Json.Nodes;

namespace SeqServe.TestSupport;

/// <summary>Adds translators to a <see cref="TemporaryRepository"/>.</summary>
public static class TemporaryRepositoryTranslators
{
    /// <summary>The manifest of a translator whose graphs are fakes.</summary>
    public static void MakeTranslator(JsonObject manifest, string source = "en", string target = "fr")
    {
        ArgumentNullException.ThrowIfNull(manifest);
        manifest["task"] = "translation";
        manifest.Remove("labels");
        manifest["tokenizer"]!["add_eos"] = true;
        manifest["tokenizer"]!["bos_id"] = 2;
        manifest["tokenizer"]!["eos_id"] = 3;
        manifest["graphs"] = new JsonObject { ["encoder"] = "model.onnx", ["decoder"] = "model.onnx" };
        manifest["languages"] = new JsonObject { ["source"] = source, ["target"] = target };
        manifest["limits"] = new JsonObject { ["max_input_tokens"] = 128, ["max_output_tokens"] = 160 };
        manifest["state"] = new JsonArray(new JsonObject { ["in"] = "h_in", ["out"] = "h_out" });
    }

    /// <summary>Adds a translator with the shipped tokenizer whose graphs are empty files, for a <see cref="FakeBackendFactory"/>.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="name">Its name.</param>
    /// <param name="source">Language of its texts.</param>
    /// <param name="target">Language of its translations.</param>
    /// <param name="edit">Changes the manifest.</param>
    public static void AddFakeTranslator(this TemporaryRepository repository, string name, string source = "en", string target = "fr",
        Action<JsonObject>? edit = null)
    {
        ArgumentNullException.ThrowIfNull(repository);
        repository.AddFake(name, json =>
        {
            MakeTranslator(json, source, target);
            edit?.Invoke(json);
        });
    }
}
