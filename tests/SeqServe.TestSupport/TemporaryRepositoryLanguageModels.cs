using System.Text.Json.Nodes;

namespace SeqServe.TestSupport;

/// <summary>Adds language models to a <see cref="TemporaryRepository"/>.</summary>
public static class TemporaryRepositoryLanguageModels
{
    /// <summary>The manifest of a language model whose graphs are fakes.</summary>
    public static void MakeLanguageModel(JsonObject manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        manifest["task"] = "language-model";
        manifest.Remove("labels");
        manifest["tokenizer"]!["add_bos"] = true;
        manifest["tokenizer"]!["add_eos"] = false;
        manifest["tokenizer"]!["bos_id"] = 2;
        manifest["tokenizer"]!["eos_id"] = 3;
        manifest["graphs"] = new JsonObject { ["model"] = "model.onnx", ["score"] = "model.onnx" };
        manifest["limits"] = new JsonObject { ["max_input_tokens"] = 48, ["max_output_tokens"] = 32 };
        manifest["state"] = new JsonArray(new JsonObject { ["in"] = "h_in", ["out"] = "h_out" });
    }

    /// <summary>Adds a language model with the shipped tokenizer whose graphs are empty files, for a <see cref="FakeBackendFactory"/>.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="name">Its name.</param>
    /// <param name="edit">Changes the manifest.</param>
    /// <param name="versions">Its version folders.</param>
    public static void AddFakeLanguageModel(this TemporaryRepository repository, string name, Action<JsonObject>? edit = null, params int[] versions)
    {
        ArgumentNullException.ThrowIfNull(repository);
        repository.AddFake(name, json =>
        {
            MakeLanguageModel(json);
            edit?.Invoke(json);
        }, versions);
    }
}
