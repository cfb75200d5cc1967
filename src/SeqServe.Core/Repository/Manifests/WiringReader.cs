using SeqServe.Core.Backends;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>The keys that say which outputs of a graph go back in.</summary>
internal static class WiringReader
{
    /// <summary>Keys that <see cref="ReadStates"/> and <see cref="ReadCaches"/> read.</summary>
    public const string StateKey = "state";

    /// <inheritdoc cref="StateKey"/>
    public const string CacheKey = "cache";

    private const string Zeros = "zeros";
    private const string EncoderPrefix = "encoder:";

    /// <summary>What goes back into a decoder: recurrent state, key-value caches, or both; neither is a fault.</summary>
    /// <param name="root">The manifest.</param>
    /// <param name="hasEncoder">Whether a state may begin with an output of an encoder.</param>
    public static DecoderWiring ReadDecoder(ManifestObject root, bool hasEncoder)
    {
        var faults = root.Errors;
        var wiring = new DecoderWiring { States = ReadStates(root, hasEncoder), Caches = ReadCaches(root) };
        if (wiring.States.Count + wiring.Caches.Count == 0 && root.Errors == faults)
            root.Fault(StateKey, null, "is missing, and so is cache; say which outputs of a step go back in, or it would have no past");
        return wiring;
    }

    /// <summary>Recurrent state.</summary>
    /// <param name="root">The manifest.</param>
    /// <param name="hasEncoder">Whether a state may begin with an output of an encoder.</param>
    public static IReadOnlyList<StateWiring> ReadStates(ManifestObject root, bool hasEncoder = false) =>
        [.. root.Objects(StateKey).Select(json => ReadState(json, hasEncoder))];

    private static IReadOnlyList<CacheWiring> ReadCaches(ManifestObject root) => [.. root.Objects(CacheKey).Select(ReadCache)];

    private static StateWiring ReadState(ManifestObject json, bool hasEncoder)
    {
        var init = json.Text("init");
        var encoderOutput = init?.StartsWith(EncoderPrefix, StringComparison.Ordinal) == true ? init[EncoderPrefix.Length..] : null;
        if (init is not (null or Zeros) && encoderOutput is not { Length: > 0 })
            json.Fault("init", init, $"must be \"{Zeros}\" or \"{EncoderPrefix}<output of the encoder>\"");
        else if (encoderOutput is not null && !hasEncoder)
            json.Fault("init", init, $"names an encoder, which this task does not have; write \"{Zeros}\"");
        var state = new StateWiring(json.Text("in", required: true) ?? "", json.Text("out", required: true) ?? "", encoderOutput);
        json.RefuseUnknownKeys();
        return state;
    }

    private static CacheWiring ReadCache(ManifestObject json)
    {
        string Name(string key) => json.Text(key, required: true) ?? "";
        var cache = new CacheWiring(Name("key_in"), Name("value_in"), Name("key_out"), Name("value_out"));
        json.RefuseUnknownKeys();
        return cache;
    }
}
