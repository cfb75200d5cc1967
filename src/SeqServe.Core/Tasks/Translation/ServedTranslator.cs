using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>A loaded encoder-decoder model.</summary>
public sealed class ServedTranslator : ServedDecoder
{
    /// <summary>Translates texts.</summary>
    public const string TranslateOperation = "translate";

    private readonly ITranslatorBackend _backend;
    private readonly HashSet<int> _languages;

    internal ServedTranslator(ModelLoad load, ITextTokenizer tokenizer, ITranslatorBackend backend, ContinuousBatcher batcher)
        : base(load, tokenizer, backend, batcher)
    {
        _backend = backend;
        _languages = [.. Directions.Tokens.Values.Select(tokenizer.FindToken).OfType<int>()];
    }

    /// <summary>What its manifest says.</summary>
    public TranslationSection Section => (TranslationSection)Manifest.Section;

    /// <summary>What it translates.</summary>
    public TranslationLanguages Directions => Section.Directions;

    /// <summary>How its answers are searched as transformers does; null where SeqServe's own search is used.</summary>
    public GenerationSettings? Generation => Section.Generation is not { } settings ? null : settings with
    {
        DecoderStartId = Manifest.Tokenizer!.BeginId!.Value,
        EndIds = Manifest.Tokenizer.EndIds,
        PadId = Manifest.Tokenizer.PadId,
        // The decoder's start is one of its tokens.
        MaxLength = Math.Min(settings.MaxLength, Manifest.Limits.MaxOutputTokens!.Value + 1),
        MaxNewTokens = settings.MaxNewTokens is { } tokens ? Math.Min(tokens, Manifest.Limits.MaxOutputTokens!.Value) : null,
    };

    /// <summary>Whether it gives attention weights of each target token over the source tokens.</summary>
    public bool GivesAttention => _backend.GivesAttention;

    /// <summary>The id that ends a translation.</summary>
    public int EndId => Manifest.Tokenizer!.EndId ?? -1;

    /// <inheritdoc/>
    public override SamplingOptions Sampling { get; } = new() { Temperature = 0 };

    /// <inheritdoc/>
    public override bool ContinuesPrompts => false;

    /// <inheritdoc/>
    public override int PromptVocabularySize => Tokenizer.VocabularySize;

    /// <inheritdoc/>
    /// <remarks>A text that has the prefix already is not given it twice.</remarks>
    public override TokenizedText ReadPrompt(string text, int maxTokens) =>
        Tokenizer.Encode(text.StartsWith(Section.Prefix, StringComparison.Ordinal) ? text : Section.Prefix + text, maxTokens);

    /// <inheritdoc/>
    public override int RoomFor(int promptTokens) => Manifest.Limits.MaxOutputTokens!.Value;

    /// <inheritdoc/>
    public override int? UsualTokens(int promptTokens) =>
        Generation is { } settings ? settings.LengthLimit - 1 : TranslationSequence.DefaultMaxTokens(promptTokens, RoomFor(promptTokens));

    /// <inheritdoc/>
    internal override AnswerRules? NewRules(int maxTokens) => Generation is { } settings ? new AnswerRules(settings with { MaxNewTokens = maxTokens }) : null;

    /// <inheritdoc/>
    internal override BeamPlan? PlanBeams(int answers, int maxTokens)
    {
        if (Generation is not { NumBeams: > 1 } settings)
            return null;
        var beams = Math.Max(settings.NumBeams, answers);
        return new BeamPlan((settings with { NumBeams = beams, MaxNewTokens = maxTokens }).NewSearch(), beams);
    }

    /// <summary>The tokens of a request's languages; null where the model has none.</summary>
    internal (int? Source, int? Target) TokensOf(TranslationRequest request)
    {
        if (Directions.Tokens.Count == 0 || Directions.Find(request.Source, request.Target) is not { } pair)
            return (null, null);
        return (Tokenizer.FindToken(Directions.Tokens[pair.Source]), Tokenizer.FindToken(Directions.Tokens[pair.Target]));
    }

    /// <summary>Puts the token of a text's language where the tokenizer has put that of its own: in front, or at the end.</summary>
    internal void SetSource(int[] ids, int token)
    {
        foreach (var place in new[] { 0, ids.Length - 1 })
        {
            if (ids.Length > 0 && _languages.Contains(ids[place]))
            {
                ids[place] = token;
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Facts()
    {
        if (Directions.Tokens.Count > 0)
            yield return $"translates between {Directions.Tokens.Count} languages";
        else
            yield return Directions.Default is { } pair ? $"translates {pair.Source} → {pair.Target}" : "is not known to translate; reads texts whole";
        if (Generation is { } search)
        {
            yield return $"searches as transformers does: beams {search.NumBeams}, length penalty {search.LengthPenalty}, at most {search.LengthLimit} tokens";
        }
    }

    /// <inheritdoc/>
    public override IAdmission? QueueOf(string operation) => operation == TranslateOperation ? Batcher : null;
}
