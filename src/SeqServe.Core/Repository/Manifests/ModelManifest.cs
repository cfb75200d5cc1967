using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>A model's <c>model.json</c>, read and found valid.</summary>
public sealed record ModelManifest
{
    /// <summary>The model's name; equal to its folder's.</summary>
    public required string Name { get; init; }

    /// <summary>What it is asked to do.</summary>
    public required string Task { get; init; }

    /// <summary>
    /// <c>rnn</c>, <c>lstm</c>, <c>lstm-peephole</c>, <c>lstm-coupled</c>, <c>gru</c>, <c>transformer</c>, <c>cho</c>, <c>sutskever</c>, <c>attention</c>, or
    /// empty.
    /// </summary>
    public string Architecture { get; init; } = "";

    /// <summary>One sentence for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether it answers requests of its task that name no model.</summary>
    public bool Default { get; init; }

    /// <summary>Which versions are served.</summary>
    public VersionPolicy VersionPolicy { get; init; } = VersionPolicy.Newest;

    /// <summary>Graph files in a version folder, by role.</summary>
    public required IReadOnlyDictionary<string, string> Graphs { get; init; }

    /// <summary>How text becomes ids; null for a task that reads no text.</summary>
    public TokenizerManifest? Tokenizer { get; init; }

    /// <summary>What it says of its task.</summary>
    public required TaskSection Section { get; init; }

    /// <summary>Which outputs of its graphs go back in; null where nothing does.</summary>
    public DecoderWiring? Wiring => Section.Wiring;

    /// <summary>
    /// Names of the graphs' inputs by the part that each plays, as <see cref="GraphContract.Keys"/> lists them; a part that is missing has SeqServe's own
    /// name.
    /// </summary>
    public IReadOnlyDictionary<string, string> InputNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the graphs' outputs likewise.</summary>
    public IReadOnlyDictionary<string, string> OutputNames { get; init; } = new Dictionary<string, string>();

    /// <summary>What a request may ask for.</summary>
    public required LimitsManifest Limits { get; init; }

    /// <summary>What a batch and the queue may hold.</summary>
    public BatchLimits Batching { get; init; } = new();

    /// <summary>Where and how its sessions run.</summary>
    public InstanceOptions Instances { get; init; } = new();

    /// <summary>SHA-256 by file, relative to the model's folder, lower-case hexadecimal.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the model comes from and how good it is.</summary>
    public ModelCard Card { get; init; } = new();
}

/// <summary>What a request may ask of a model.</summary>
/// <param name="MaxInputTokens">Most tokens of one text, begin and end ids included.</param>
/// <param name="MaxOutputTokens">Most tokens of one answer, or null for tasks that generate none.</param>
public sealed record LimitsManifest(int MaxInputTokens, int? MaxOutputTokens)
{
    /// <summary>Most tokens of a text and its answer together.</summary>
    /// <value>As many as the two limits allow, unless the manifest says fewer.</value>
    public int MaxContextTokens { get; init; } = MaxInputTokens + (MaxOutputTokens ?? 0);
}
