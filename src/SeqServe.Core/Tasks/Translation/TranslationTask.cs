using System.Text.Json;
using System.Text.RegularExpressions;
using SeqServe.Core.Backends;
using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>A text in another language.</summary>
public sealed partial class TranslationTask : ModelTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "translation";

    private const string LanguagesKey = "languages";
    private const string MemoryKey = "memory";
    private const string AttentionKey = "attention";
    private const string GenerationKey = "generation";
    private const string PrefixKey = "prefix";
    private const string LanguageTokensKey = "language_tokens";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => TranslatorContract.Default;

    /// <inheritdoc/>
    public override bool WritesText => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys =>
        [LanguagesKey, WiringReader.StateKey, WiringReader.CacheKey, WiringReader.SourceCacheKey, MemoryKey, AttentionKey, GenerationKey, PrefixKey,
            LanguageTokensKey];

    /// <inheritdoc/>
    public override GoldenAnswers Golden { get; } = new("translation", "score", (model, text) => Translator.AnswerGolden((ServedTranslator)model, text));

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root)
    {
        var generation = GenerationReader.Read(root.Object(GenerationKey));
        // A model that is searched as transformers does may do anything with a text.
        var languages = new TranslationLanguages(ReadLanguages(root, required: generation is null), ReadTokens(root.Object(LanguageTokensKey)));
        var wiring = WiringReader.ReadDecoder(root, hasEncoder: true);
        return new TranslationSection(languages, generation, root.Text(PrefixKey) ?? "")
        {
            Wiring = wiring with
            {
                SourceCaches = WiringReader.ReadCaches(root, WiringReader.SourceCacheKey),
                Memory = root.Texts(MemoryKey),
                Attention = root.Text(AttentionKey),
            },
        };
    }

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var manifest = load.Manifest;
        var beginId = manifest.Tokenizer!.BeginId
            ?? throw new ModelLoadException("tokenizer.bos_id is missing: the id that a decoder reads first; add it to the manifest.");
        var padId = manifest.Tokenizer.PadId;
        var tokenizer = load.OpenTokenizer();
        var unknown = load.Section<TranslationSection>().Directions.Tokens.FirstOrDefault(language => tokenizer.FindToken(language.Value) is null);
        if (unknown.Key is not null)
            throw new ModelLoadException($"language_tokens.{unknown.Key} = \"{unknown.Value}\" is no token of the tokenizer; remove it or write the token.");
        var graphs = load.Graphs();
        var backend = load.Open<ITranslatorBackend>(graphs);
        CheckSearch(load.Section<TranslationSection>().Generation, backend.VocabularySize);
        var independence = DecoderLoading.Check(load, backend, tokenizer, () =>
        {
            TranslatorProbe.WarmUp(backend, manifest);
            return DecodingProbe.MixingReason(backend) is null && TranslatorProbe.IsIndependent(backend, manifest.Limits.MaxInputTokens, beginId);
        });

        var batcher = DecoderLoading.OpenBatcher(
            load, backend, DecoderLoading.Limits(load, backend, independence), () => new EncoderPrefill(backend.NewRows(), beginId, padId));
        return new ServedTranslator(load, tokenizer, backend, batcher)
        {
            Independence = independence,
            Graphs = TensorGraphFactory.OfTextModel(
                load, backend.Contract ?? graphs.Contract, backend.Graphs, backend.VocabularySize, independence == RowIndependence.Full, backend.Wiring),
        };
    }

    // What the search would find out at the first request.
    private static void CheckSearch(GenerationSettings? settings, int vocabularySize)
    {
        if (settings is null)
            return;
        var ids = settings.BadWords.SelectMany(static word => word).Concat(settings.ForcedEnd);
        foreach (var id in settings.ForcedBegin is { } begin ? ids.Append(begin) : ids)
        {
            if (id < vocabularySize)
                continue;
            throw new ModelLoadException(
                $"generation names token id {id}, but the graph computes {vocabularySize} logits; ids are in 0–{vocabularySize - 1}.");
        }

        try
        {
            settings.NewSearch();
        }
        catch (ArgumentException e)
        {
            throw new ModelLoadException($"generation cannot be searched by: {e.Message}", e);
        }
    }

    private static LanguagePair? ReadLanguages(ManifestObject root, bool required)
    {
        if (root.Object(LanguagesKey, required) is not { } json)
            return null;
        var pair = new LanguagePair(Code(json, "source"), Code(json, "target"));
        json.RefuseUnknownKeys();
        return pair;
    }

    private static Dictionary<string, string> ReadTokens(ManifestObject? json)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (code, value) in json?.Entries() ?? [])
        {
            if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } token)
                json!.Wrong(code, value, "must be the token of the language");
            else if (!CodePattern().IsMatch(code))
                json!.Fault(code, null, "must be a language code in lower case such as \"en\" or \"zh-hant\"");
            else
                tokens[code] = token;
        }

        return tokens;
    }

    private static string Code(ManifestObject json, string key)
    {
        var code = json.Text(key, required: true);
        if (code is { Length: > 0 } && !CodePattern().IsMatch(code))
            json.Fault(key, code, "must be a language code in lower case such as \"en\" or \"zh-hant\"");
        return code ?? "";
    }

    [GeneratedRegex(@"\A[a-z]{2,3}(-[a-z0-9]{2,8})*\z")]
    private static partial Regex CodePattern();
}

/// <summary>What the manifest of a translator says of its task.</summary>
/// <param name="Directions">What it translates.</param>
/// <param name="Generation">How its answers are searched as transformers does, but for the special ids; null where SeqServe's own search is used.</param>
/// <param name="Prefix">What is put in front of each text.</param>
public sealed record TranslationSection(TranslationLanguages Directions, GenerationSettings? Generation, string Prefix) : TaskSection
{
    /// <inheritdoc/>
    public override LanguagePair? Languages => Directions.Default;
}
