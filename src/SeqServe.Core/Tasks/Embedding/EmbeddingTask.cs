using SeqServe.Core.Backends;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Core.Tasks.Embedding;

/// <summary>A vector for a text.</summary>
public sealed class EmbeddingTask : ModelTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "embedding";

    private const string PoolingKey = "pooling";
    private const string NormalizeKey = "normalize";
    private const string PrefixKey = "prefix";

    private static readonly Dictionary<string, RowOutput> s_poolings = new(StringComparer.Ordinal)
    {
        ["mean"] = RowOutputs.Mean,
        ["cls"] = RowOutputs.First,
        ["last"] = RowOutputs.Last,
        ["max"] = RowOutputs.Max,
        ["mean-sqrt-length"] = RowOutputs.MeanOfRoot,
    };

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => EmbedderContract.Default;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [PoolingKey, NormalizeKey, PrefixKey];

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root) =>
        new EmbeddingSection(root.Choice(PoolingKey, s_poolings, RowOutputs.Mean), root.Flag(NormalizeKey), root.Text(PrefixKey) ?? "");

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var section = load.Section<EmbeddingSection>();
        var isPooled = false;
        void Pool(ReadOnlySpan<float> computed, int width, int length, Span<float> kept) =>
            (isPooled ? RowOutputs.All : section.Pooling)(computed, width, length, kept);
        var opened = new EncoderLoading(load).Open(backend => isPooled = !backend.IsPerToken, Pool);
        var served = new ServedEmbedder(load, opened) { Independence = opened.Independence, Graphs = opened.Graphs };
        new EncoderPlanner(load).Plan(served, opened.Backend, opened.GraphFile);
        return served;
    }
}

/// <summary>What the manifest of an embedding model says of its task.</summary>
/// <param name="Pooling">How the numbers of tokens become those of the text, where the graph does not do it.</param>
/// <param name="Normalize">Whether vectors are scaled to length 1.</param>
/// <param name="Prefix">What is put in front of each text.</param>
public sealed record EmbeddingSection(RowOutput Pooling, bool Normalize, string Prefix) : TaskSection;

/// <summary>A loaded embedding model.</summary>
public sealed class ServedEmbedder : ServedEncoder
{
    /// <summary>Embeds texts.</summary>
    public const string EmbedOperation = "embed";

    internal ServedEmbedder(ModelLoad load, OpenedEncoder opened)
        : base(load, opened, EmbedOperation) => Section = load.Section<EmbeddingSection>();

    /// <summary>What its manifest says.</summary>
    public EmbeddingSection Section { get; }
}
