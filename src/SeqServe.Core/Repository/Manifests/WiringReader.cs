using SeqServe.Core.Backends;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>The keys that say which outputs of a graph go back in.</summary>
internal static class WiringReader
{
    /// <summary>Keys that <see cref="ReadStates"/> and <see cref="ReadCaches"/> read.</summary>
    public const string StateKey = "state";

    /// <inheritdoc cref="StateKey"/>
    public const string CacheKey = "cache";

    /// <summary>Keys and values of the source.</summary>
    public const string SourceCacheKey = "source_cache";

    private const int MaxAxis = 7;
    private const string Zeros = "zeros";
    private const string EncoderPrefix = "encoder:";

    private static readonly string[] s_cacheKeys = ["key_in", "value_in", "key_out", "value_out"];

    /// <summary>What goes back into a decoder: recurrent state, key-value caches, or both; neither is a fault.</summary>
    /// <param name="root">The manifest.</param>
    /// <param name="hasEncoder">Whether a state may begin with an output of an encoder.</param>
    public static DecoderWiring ReadDecoder(ManifestObject root, bool hasEncoder)
    {
        var faults = root.Errors;
        var wiring = new DecoderWiring { States = ReadStates(root, hasEncoder), Caches = ReadCaches(root, CacheKey) };
        if (wiring.States.Count + wiring.Caches.Count == 0 && root.Errors == faults)
            root.Fault(StateKey, null, "is missing, and so is cache; say which outputs of a step go back in, or it would have no past");
        return wiring;
    }

    /// <summary>Recurrent state.</summary>
    /// <param name="root">The manifest.</param>
    /// <param name="hasEncoder">Whether a state may begin with an output of an encoder.</param>
    public static IReadOnlyList<StateWiring> ReadStates(ManifestObject root, bool hasEncoder = false) =>
        [.. root.Objects(StateKey).Select(json => ReadState(json, hasEncoder))];

    /// <summary>Key-value caches.</summary>
    public static IReadOnlyList<CacheWiring> ReadCaches(ManifestObject root, string key) => [.. root.Objects(key).Select(ReadCache)];

    private static StateWiring ReadState(ManifestObject json, bool hasEncoder)
    {
        var init = json.Text("init");
        var encoderOutput = init?.StartsWith(EncoderPrefix, StringComparison.Ordinal) == true ? init[EncoderPrefix.Length..] : null;
        if (init is not (null or Zeros) && encoderOutput is not { Length: > 0 })
            json.Fault("init", init, $"must be \"{Zeros}\" or \"{EncoderPrefix}<output of the encoder>\"");
        else if (encoderOutput is not null && !hasEncoder)
            json.Fault("init", init, $"names an encoder, which this task does not have; write \"{Zeros}\"");
        var state = new StateWiring(json.Text("in", required: true) ?? "", json.Text("out", required: true) ?? "", encoderOutput)
        {
            BatchAxis = (int)(json.Number("batch_axis", 0, MaxAxis) ?? 0),
        };
        json.RefuseUnknownKeys();
        return state;
    }

    private static bool IsForAllLayers(string name) => name.Contains(CacheWiring.AnyLayer, StringComparison.Ordinal);

    private static CacheWiring ReadCache(ManifestObject json)
    {
        var names = s_cacheKeys.ToDictionary(static key => key, key => json.Text(key, required: true) ?? "");
        var cache = new CacheWiring(names["key_in"], names["value_in"], names["key_out"], names["value_out"]) { IsWhole = json.Flag("whole") };
        foreach (var (key, name) in names)
        {
            if (IsForAllLayers(name) != IsForAllLayers(cache.KeyInput))
                json.Fault(key, name, $"must hold \"{CacheWiring.AnyLayer}\" in place of the layer's number exactly where key_in does");
        }

        json.RefuseUnknownKeys();
        return cache;
    }
}
