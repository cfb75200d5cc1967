using System.Text.RegularExpressions;
using SeqServe.Core.Backends;
using SeqServe.Core.Decoding;
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

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => TranslatorContract.Default;

    /// <inheritdoc/>
    public override bool WritesText => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [LanguagesKey, WiringReader.StateKey, WiringReader.CacheKey, MemoryKey, AttentionKey];

    /// <inheritdoc/>
    public override GoldenAnswers Golden { get; } = new("translation", "score", (model, text) => Translator.AnswerGolden((ServedTranslator)model, text));

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root)
    {
        var languages = ReadLanguages(root);
        var wiring = WiringReader.ReadDecoder(root, hasEncoder: true);
        return new TranslationSection(languages) { Wiring = wiring with { Memory = root.Texts(MemoryKey), Attention = root.Text(AttentionKey) } };
    }

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var manifest = load.Manifest;
        var (beginId, padId) = (manifest.Tokenizer!.BeginId!.Value, manifest.Tokenizer.PadId);
        var tokenizer = load.OpenTokenizer();
        var graphs = load.Graphs();
        var backend = load.Open<ITranslatorBackend>(graphs);
        var independence = DecoderLoading.Check(load, backend, tokenizer, () =>
        {
            TranslatorProbe.WarmUp(backend, manifest);
            return backend.Graphs.Values.All(g => g.MixesRows is null) && TranslatorProbe.IsIndependent(backend, manifest.Limits.MaxInputTokens, beginId);
        });

        var batcher = DecoderLoading.OpenBatcher(
            load, backend, manifest.Batching.Apply(independence), () => new EncoderPrefill(backend.NewRows(), beginId, padId));
        return new ServedTranslator(load, tokenizer, backend, batcher)
        {
            Independence = independence,
            Graphs = TensorGraphFactory.OfTextModel(load, graphs.Contract, backend.Graphs, backend.VocabularySize, independence == RowIndependence.Full),
        };
    }

    private static LanguagePair ReadLanguages(ManifestObject root)
    {
        if (root.Object(LanguagesKey, required: true) is not { } json)
            return new LanguagePair("", "");
        var pair = new LanguagePair(Code(json, "source"), Code(json, "target"));
        json.RefuseUnknownKeys();
        return pair;
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
/// <param name="Languages">What it translates.</param>
public sealed record TranslationSection(LanguagePair Languages) : TaskSection
{
    /// <inheritdoc/>
    public override LanguagePair Languages { get; } = Languages;
}
