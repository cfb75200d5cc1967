using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>A loaded encoder-decoder model: tokenizer, graphs and the decoding loops in front of them.</summary>
public sealed class ServedTranslator : ServedModel
{
    private readonly ITranslatorBackend _backend;

    internal ServedTranslator(ModelManifest manifest, int version, ITextTokenizer tokenizer, ITranslatorBackend backend, ContinuousBatcher batcher, ModelMetrics metrics)
        : base(manifest, version, backend.Device, metrics)
    {
        _backend = backend;
        Tokenizer = tokenizer;
        Batcher = batcher;
    }

    /// <summary>Turns its texts into ids and back.</summary>
    public ITextTokenizer Tokenizer { get; }

    /// <summary>The queue and the loops.</summary>
    public ContinuousBatcher Batcher { get; }

    /// <summary>What it translates.</summary>
    public LanguagePair Languages => Manifest.Languages!;

    /// <summary>Whether it says which source tokens each target token looks at.</summary>
    public bool GivesAttention => _backend.GivesAttention;

    /// <summary>The id that ends a translation.</summary>
    public int EndId => Manifest.Tokenizer!.EndId!.Value;

    /// <summary>Number of token ids.</summary>
    public int VocabularySize => _backend.VocabularySize;

    /// <inheritdoc/>
    public override IAdmission? QueueOf(string operation) => operation == "translate" ? Batcher : null;

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        Batcher.Dispose();
        _backend.Dispose();
        Metrics.Dispose();
    }
}
