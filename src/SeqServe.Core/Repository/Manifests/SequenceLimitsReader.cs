using SeqServe.Core.Graphs;

namespace SeqServe.Core.Repository.Manifests;

internal static class SequenceLimitsReader
{
    public static SequenceLimits Read(ManifestObject root, string task)
    {
        var limits = new SequenceLimits();
        if (task != ModelTask.Tensor || root.Value("state") is null)
        {
            if (root.Value("sequences") is { } value)
                root.Wrong("sequences", value, "belongs to task \"tensor\" with \"state\" only; remove it");
            return limits;
        }

        if (root.Object("sequences") is not { } json)
            return limits;
        limits = new SequenceLimits
        {
            MaxSequences = (int?)json.Number("max_sequences", 1, 1 << 20) ?? limits.MaxSequences,
            MaxBytes = json.Number("max_bytes", 1, 1L << 40) ?? limits.MaxBytes,
            MaxIdle = json.Number("max_idle_ms", 1, 86_400_000) is { } idle ? TimeSpan.FromMilliseconds(idle) : limits.MaxIdle,
        };
        json.RefuseUnknownKeys();
        return limits;
    }
}
