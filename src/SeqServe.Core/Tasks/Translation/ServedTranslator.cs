using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>A loaded encoder-decoder model: tokenizer, graphs and the decoding loops in front of them.</summary>
public sealed class ServedTranslator : ServedModel
{
    /// <summary>Translates texts.</summary>
    public const string TranslateOperation = "translate";

    private readonly ITranslatorBackend _backend;

    internal ServedTranslator(ModelLoad load, ITextTokenizer tokenizer, ITranslatorBackend backend, ContinuousBatcher batcher)
        : base(load, backend.Device)
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
    public LanguagePair Languages => ((TranslationSection)Manifest.Section).Languages;

    /// <summary>Whether it gives attention weights of each target token over the source tokens.</summary>
    public bool GivesAttention => _backend.GivesAttention;

    /// <summary>The id that ends a translation.</summary>
    public int EndId => Manifest.Tokenizer!.EndId!.Value;

    /// <summary>Number of token ids.</summary>
    public int VocabularySize => _backend.VocabularySize;

    /// <inheritdoc/>
    public override IAdmission? QueueOf(string operation) => operation == TranslateOperation ? Batcher : null;
}
