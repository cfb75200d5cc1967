using System.Text.Json.Nodes;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>How a model generates: by <c>generation_config.json</c>, or by the keys that older folders have for it in their configuration.</summary>
internal sealed class HubGeneration
{
    /// <summary>The file of its own.</summary>
    public const string FileName = "generation_config.json";

    // transformers' own, where sampling is asked for and nothing else is said.
    private const int DefaultTopK = 50;
    private const double MaxTemperature = 2;

    private static readonly string[] s_search =
    [
        "num_beams", "length_penalty", "early_stopping", "no_repeat_ngram_size", "repetition_penalty", "bad_words_ids", "forced_bos_token_id",
        "forced_eos_token_id", "min_length", "min_new_tokens", "max_length", "max_new_tokens", "suppress_tokens", "begin_suppress_tokens",
    ];

    // With the value under which it asks for nothing.
    private static readonly (string Key, double None)[] s_unsupported =
    [
        ("num_beam_groups", 1), ("diversity_penalty", 0), ("penalty_alpha", 0), ("encoder_no_repeat_ngram_size", 0), ("encoder_repetition_penalty", 1),
        ("guidance_scale", 1),
    ];

    private static readonly string[] s_notSearched =
        ["sequence_bias", "exponential_decay_length_penalty", "renormalize_logits", "constraints", "force_words_ids"];

    private readonly HubJson[] _sources;

    /// <summary>Reads it.</summary>
    /// <exception cref="HubException">The file is broken.</exception>
    public HubGeneration(HubFolder folder, HubJson config)
    {
        if (folder.Has(FileName))
            _sources = [folder.Object(FileName)];
        else if (config.Single("task_specific_params") is { } settings)
            _sources = [settings, config];
        else
            _sources = [config];
        // Ids of special tokens may be in the configuration only.
        EndIds = Numbers("eos_token_id") is { Count: > 0 } ids ? ids : config.Numbers("eos_token_id");
    }

    /// <summary>The ids that end a text.</summary>
    public IReadOnlyList<long> EndIds { get; }

    /// <summary>The id that a decoder reads first; null where nothing is said of it.</summary>
    public long? DecoderStartId => Numbers("decoder_start_token_id") is [var id, ..] ? id : null;

    /// <summary>How an answer is searched, in transformers' words.</summary>
    /// <exception cref="HubException">In a way that this server does not search.</exception>
    public JsonObject Search()
    {
        foreach (var (key, none) in s_unsupported)
        {
            if (Real(key) is { } value && value != none)
                throw new HubException($"{_sources[0].File}: {key} {value} asks for a search that this server does not do; remove it, or set it to {none}");
        }

        if (Array.Find(s_notSearched, key => _sources.Any(source => source.Raw(key) is not (null or "false"))) is { } other)
            throw new HubException($"{_sources[0].File}: {other} asks for a search that this server does not do; remove it");

        var search = new JsonObject();
        foreach (var key in s_search)
        {
            if (_sources.Select(source => source.Raw(key)).FirstOrDefault(static raw => raw is not null) is { } raw)
                search[key] = JsonNode.Parse(raw);
        }

        return search;
    }

    /// <summary>How tokens are chosen; null where nothing is said of it.</summary>
    public JsonObject? Sampling()
    {
        if (Flag("do_sample") is not { } samples)
            return null;
        if (!samples)
            return new JsonObject { ["temperature"] = 0 };
        var sampling = new JsonObject();
        if (Real("temperature") is { } temperature)
            sampling["temperature"] = Math.Clamp(temperature, 0, MaxTemperature);
        if (Real("top_p") is { } topP)
            sampling["top_p"] = Math.Clamp(topP, 0, 1);
        if (Numbers("top_k") is not [var topK])
            topK = DefaultTopK;
        if (topK > 0)
            sampling["top_k"] = Math.Min(topK, int.MaxValue);
        return sampling;
    }

    private bool? Flag(string key) => _sources.Select(source => source.Flag(key)).FirstOrDefault(static value => value is not null);

    private double? Real(string key) => _sources.Select(source => source.Real(key)).FirstOrDefault(static value => value is not null);

    private IReadOnlyList<long> Numbers(string key) => _sources.Select(source => source.Numbers(key)).FirstOrDefault(static values => values.Count > 0) ?? [];
}
