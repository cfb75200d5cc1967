using SeqServe.Core.Backends;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>The keys that say how a decoder's tensors hang together.</summary>
internal static class WiringReader
{
    private const string Zeros = "zeros";
    private const string EncoderPrefix = "encoder:";

    public static DecoderWiring? Read(ManifestObject root, string task)
    {
        var generates = task is ModelTask.Translation or ModelTask.LanguageModel;
        if (!generates)
        {
            root.RefuseForTask("cache", "translation or language-model");
            if (task != ModelTask.Tensor)
                root.RefuseForTask("state", "translation, language-model or tensor");
        }

        if (task != ModelTask.Translation)
        {
            root.RefuseForTask("memory", "translation");
            root.RefuseForTask("attention", "translation");
        }

        var faults = root.Errors;
        var wiring = new DecoderWiring
        {
            States = [.. root.Objects("state").Select(json => ReadState(json, task))],
            Caches = generates ? [.. root.Objects("cache").Select(ReadCache)] : [],
            Memory = task == ModelTask.Translation ? root.Texts("memory") : [],
            Attention = task == ModelTask.Translation ? root.Text("attention") : null,
        };
        if (generates && wiring.States.Count + wiring.Caches.Count == 0 && root.Errors == faults)
            root.Fault("state", null, "is missing, and so is cache; say which outputs of a step go back in, or it would have no past");
        return generates || wiring.States.Count > 0 ? wiring : null;
    }

    private static StateWiring ReadState(ManifestObject json, string task)
    {
        var init = json.Text("init");
        var encoderOutput = init?.StartsWith(EncoderPrefix, StringComparison.Ordinal) == true ? init[EncoderPrefix.Length..] : null;
        if (init is not (null or Zeros) && encoderOutput is not { Length: > 0 })
            json.Fault("init", init, $"must be \"{Zeros}\" or \"{EncoderPrefix}<output of the encoder>\"");
        if (encoderOutput is not null && task != ModelTask.Translation)
            json.Fault("init", init, $"names an encoder, which only task \"translation\" has; write \"{Zeros}\"");
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
