using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>What the manifest of an encoder-decoder says: its graphs, its past, its limits, its languages, and how it generates.</summary>
internal static partial class HubTranslator
{
    // Of models without learned positions nothing bounds an answer; this is transformers' own bound of a text.
    private const long DefaultPositions = 512;

    private const string Export = "export the model with \"optimum-cli export onnx --task text2text-generation-with-past --model NAME FOLDER\"";

    /// <summary>Finds the encoder and the decoder: one of two branches, or one for the first step and one for the others.</summary>
    /// <exception cref="HubException">One is missing; the message says what to run.</exception>
    public static JsonObject Graphs(HubFolder folder)
    {
        string? Find(string name) => folder.First($"{name}.onnx", $"onnx/{name}.onnx");
        if (Find("encoder_model") is not { } encoder)
        {
            throw new HubException(
                (Find("decoder_model_merged") ?? Find("decoder_model")) is { } alone
                    ? $"it has {alone} but no encoder_model.onnx beside it; copy it too, or {Export}"
                    : HubGraphs.Missing(folder, "encoder_model.onnx"));
        }

        if (Find("decoder_model_merged") is { } merged)
            return new JsonObject { ["encoder"] = encoder, ["decoder"] = merged };
        return (Find("decoder_model"), Find("decoder_with_past_model")) switch
        {
            ({ } first, { } next) => new JsonObject { ["encoder"] = encoder, ["decoder"] = first, ["decoder_with_past"] = next },
            ({ }, null) => throw new HubException($"it has decoder_model.onnx but no decoder_with_past_model.onnx beside it; copy it too, or {Export}"),
            (null, { }) => throw new HubException($"it has decoder_with_past_model.onnx but no decoder_model.onnx beside it; copy it too, or {Export}"),
            _ => throw new HubException($"it has {encoder} but no decoder (decoder_model_merged.onnx, or two); copy it too, or {Export}"),
        };
    }

    /// <summary>Adds the rest to a manifest.</summary>
    /// <exception cref="HubException">A file is broken, or asks for a search that this server does not do.</exception>
    public static void Add(JsonObject manifest, HubFolder folder, HubJson config)
    {
        var generation = new HubGeneration(folder, config);
        manifest["cache"] = new JsonArray(Cache("decoder"));
        manifest["source_cache"] = new JsonArray(Cache("encoder"));
        var tokenizer = manifest["tokenizer"]!.AsObject();
        tokenizer["bos_id"] = generation.DecoderStartId
            ?? throw new HubException(
                "neither generation_config.json nor config.json has a decoder_start_token_id, the id that every answer begins with; add it");
        tokenizer["eos_id"] = new JsonArray([.. generation.EndIds.Where(static id => id >= 0).Select(static id => JsonValue.Create(id))]);
        var positions = HubManifest.Positions(config) is { } most and > 1 ? most : DefaultPositions;
        var limits = manifest["limits"]!.AsObject();
        limits["max_output_tokens"] = Math.Min(positions, HubManifest.MostTokens) - 1;
        manifest["generation"] = generation.Search();
        AddLanguages(manifest, folder, config);
    }

    private static JsonObject Cache(string of) => new()
    {
        ["key_in"] = $"past_key_values.*.{of}.key",
        ["value_in"] = $"past_key_values.*.{of}.value",
        ["key_out"] = $"present.*.{of}.key",
        ["value_out"] = $"present.*.{of}.value",
        ["whole"] = true,
    };

    private static void AddLanguages(JsonObject manifest, HubFolder folder, HubJson config)
    {
        var tokenizer = folder.Object("tokenizer_config.json");
        if (tokenizer.Text("source_lang") is { } source && tokenizer.Text("target_lang") is { } target && IsCode(source) && IsCode(target))
            manifest["languages"] = Pair(source, target);
        HubLanguages.Add(manifest, tokenizer);
        if (config.Single("task_specific_params") is not { } only)
            return;
        if (only.Text("prefix") is { Length: > 0 } prefix)
            manifest["prefix"] = prefix;
        if (TranslationPattern().Match(config.Object("task_specific_params")!.Value.Entries().First().Name) is { Success: true } match)
            manifest["languages"] = Pair(match.Groups[1].Value, match.Groups[2].Value);
    }

    private static JsonObject Pair(string source, string target) => new() { ["source"] = source, ["target"] = target };

    private static bool IsCode(string text) => CodePattern().IsMatch(text);

    [GeneratedRegex(@"\A[a-z]{2,3}\z")]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"\Atranslation_([a-z]{2,3})_to_([a-z]{2,3})\z")]
    private static partial Regex TranslationPattern();
}
