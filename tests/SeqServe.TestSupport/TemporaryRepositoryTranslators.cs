using System.Text.Json.Nodes;

namespace SeqServe.TestSupport;

/// <summary>Adds translators to a <see cref="TemporaryRepository"/>.</summary>
public static class TemporaryRepositoryTranslators
{
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
            json["task"] = "translation";
            json.Remove("labels");
            json["tokenizer"]!["add_eos"] = true;
            json["tokenizer"]!["bos_id"] = 2;
            json["tokenizer"]!["eos_id"] = 3;
            json["graphs"] = new JsonObject { ["encoder"] = "model.onnx", ["decoder"] = "model.onnx" };
            json["languages"] = new JsonObject { ["source"] = source, ["target"] = target };
            json["limits"] = new JsonObject { ["max_input_tokens"] = 128, ["max_output_tokens"] = 160 };
            json["state"] = new JsonArray(new JsonObject { ["in"] = "h_in", ["out"] = "h_out" });
            edit?.Invoke(json);
        });
    }
}
