using System.Text.Json.Nodes;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>What a language model's manifest says: its past, its limits, and how it generates.</summary>
internal static class HubLanguageModel
{
    /// <summary>Adds it to a manifest.</summary>
    /// <exception cref="HubException">A file is broken.</exception>
    public static void Add(JsonObject manifest, HubFolder folder, HubJson config)
    {
        var generation = new HubGeneration(folder, config);
        // Optimum's names, and those of every exporter after it.
        manifest["cache"] = new JsonArray(new JsonObject
        {
            ["key_in"] = "past_key_values.*.key",
            ["value_in"] = "past_key_values.*.value",
            ["key_out"] = "present.*.key",
            ["value_out"] = "present.*.value",
            ["whole"] = true,
        });
        manifest["tokenizer"]!["eos_id"] = new JsonArray([.. generation.EndIds.Where(static id => id >= 0).Select(static id => JsonValue.Create(id))]);
        if (generation.Sampling() is { } sampling)
            manifest["sampling"] = sampling;
        var context = Math.Max(2, (long)manifest["limits"]!["max_input_tokens"]!);
        manifest["limits"] = new JsonObject
        {
            ["max_input_tokens"] = context - 1,
            ["max_output_tokens"] = context - 1,
            ["max_context_tokens"] = context,
        };
    }
}
