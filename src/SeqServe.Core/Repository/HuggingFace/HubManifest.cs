using System.Text.Json.Nodes;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>Derives a manifest from what the files of a folder say.</summary>
internal static class HubManifest
{
    /// <summary>Most tokens of a limit that is derived. Longer ones must be asked for: an input of the whole limit is run at load.</summary>
    public const long MostTokens = 8192;
    private const int DefaultTokens = 512;

    // Configurations without a limit hold numbers like 1e30.
    private const long NoLimit = 1 << 20;

    /// <summary>Derives it.</summary>
    /// <param name="folder">The folder of one version.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="HubException">The folder cannot be served; the message says why and what to do.</exception>
    public static JsonObject Derive(HubFolder folder, string name)
    {
        var config = folder.Object(HubFolder.ConfigName);
        var kind = HubKind.Of(folder, config);
        var mostTokens = MaxTokens(folder, config);
        var manifest = new JsonObject
        {
            ["name"] = name,
            ["task"] = kind.Task,
            ["architecture"] = config.Text("model_type") ?? "",
            ["description"] = Description(config),
            ["graphs"] = kind.Graphs(folder),
            ["tokenizer"] = new JsonObject { ["type"] = "huggingface", ["pad_id"] = Math.Max(0, config.Number("pad_token_id") ?? 0) },
            ["limits"] = new JsonObject { ["max_input_tokens"] = mostTokens },
        };
        kind.Complete(manifest, folder, config);
        // A batch must have room for one text.
        if (mostTokens > new BatchLimits().MaxBatchTokens)
            manifest["batching"] = new JsonObject { ["max_batch_tokens"] = mostTokens };
        return manifest;
    }

    private static string Description(HubJson config) =>
        config.Texts("architectures") is [var architecture, ..] ? $"{architecture} as exported from Hugging Face's libraries" : "";

    private static long MaxTokens(HubFolder folder, HubJson config)
    {
        var limits = new[]
        {
            folder.Object("tokenizer_config.json").Number("model_max_length"),
            folder.Object("sentence_bert_config.json").Number("max_seq_length"),
            Positions(config),
        };
        var least = limits.Where(limit => limit is > 0 and < NoLimit).Min();
        return Math.Min(least ?? DefaultTokens, MostTokens);
    }

    /// <summary>Positions that the model has learned; null where nothing bounds them.</summary>
    // The family of RoBERTa counts positions from behind the padding's.
    public static long? Positions(HubJson config)
    {
        var positions = config.Number("max_position_embeddings") ?? config.Number("n_positions") ?? config.Number("max_seq_len") ?? config.Number("seq_length");
        var isShifted = config.Text("model_type") is
            "roberta" or "xlm-roberta" or "xlm-roberta-xl" or "camembert" or "roberta-prelayernorm" or "xmod" or "longformer" or "mpnet" or "data2vec-text"
            or "ibert" or "esm" or "luke" or "mega";
        return isShifted ? positions - (config.Number("pad_token_id") ?? 1) - 1 : positions;
    }
}
