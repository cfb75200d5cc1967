using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>The next token of a text.</summary>
public sealed partial class LanguageModelingTask : ModelTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "language-model";

    private const string SamplingKey = "sampling";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => LanguageModelContract.Default;

    /// <inheritdoc/>
    public override bool WritesText => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [WiringReader.StateKey, WiringReader.CacheKey, SamplingKey];

    /// <inheritdoc/>
    public override GoldenAnswers Golden { get; } = new("token", "probability", (model, text) => GoldenPrediction.Answer((ServedLanguageModel)model, text));

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root) =>
        new LanguageModelingSection(ReadSampling(root.Object(SamplingKey))) { Wiring = WiringReader.ReadDecoder(root, hasEncoder: false) };

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var manifest = load.Manifest;
        var tokenizer = load.OpenTokenizer();
        var graphs = load.Graphs();
        var backend = load.Open<ILanguageModelBackend>(graphs);
        var independence = DecoderLoading.Check(load, backend, tokenizer, () =>
        {
            LanguageModelProbe.WarmUp(backend, manifest);
            var maxTokens = manifest.Limits.MaxInputTokens;
            // Where rows of unequal pasts differ from rows alone, rows of equal ones may not.
            return DecodingProbe.MixingReason(backend) is null
                && (LanguageModelProbe.IsIndependent(backend, maxTokens)
                    || (backend.TryStepByLength() && LanguageModelProbe.IsIndependent(backend, maxTokens)));
        });

        var batcher = DecoderLoading.OpenBatcher(
            load, backend, DecoderLoading.Limits(load, backend, independence), () => PromptPrefill.Open(backend, manifest.Tokenizer!.PadId));
        var scorer = backend.CanScore ? OpenScorer(load, backend) : null;
        return new ServedLanguageModel(load, tokenizer, backend, batcher, scorer)
        {
            Independence = independence,
            Graphs = TensorGraphFactory.OfTextModel(load, backend.Contract ?? graphs.Contract, backend.Graphs, backend.VocabularySize,
                independence == RowIndependence.Full, backend.Wiring),
        };
    }

    private static SamplingOptions ReadSampling(ManifestObject? json)
    {
        if (json is null)
            return new SamplingOptions();
        var sampling = new SamplingOptions
        {
            Temperature = json.Real("temperature", 0, 2),
            TopP = json.Real("top_p", 0, 1),
            TopK = (int?)json.Number("top_k", 1, int.MaxValue),
        };
        json.RefuseUnknownKeys();
        return sampling;
    }

    private static DynamicBatcher<ScoringRow> OpenScorer(ModelLoad load, ILanguageModelBackend backend)
    {
        var (manifest, services) = (load.Manifest, load.Services);
        var padId = manifest.Tokenizer!.PadId;
        var independence = ProbeScorer(load, backend, padId);
        return load.Opened.Add(new DynamicBatcher<ScoringRow>(
            manifest.Batching.Apply(independence), new ScoringRunner(backend, padId), load.Runs, load.Metrics, services.Time,
            load.Logger<DynamicBatcher<ScoringRow>>()));
    }

    // The graph that scores is another one than that of the steps: what holds for one need not hold for the other.
    private static RowIndependence ProbeScorer(ModelLoad load, ILanguageModelBackend backend, int padId)
    {
        var limits = load.Manifest.Limits;
        try
        {
            var independence = DecodingProbe.MixingReason(backend) is not null
                ? RowIndependence.None
                : load.Runs.Bounded(
                    "The probe of scoring", () => LanguageModelProbe.MeasureScoring(backend, limits.MaxContextTokens, padId));
            if (independence != RowIndependence.Full)
                ScoresDepend(load.Logger<LanguageModelingTask>(), load.Manifest.Name,
                    independence == RowIndependence.None ? "scores each text alone" : "scores only texts of equal length together");
            return independence;
        }
        catch (BackendException e)
        {
            throw DecoderLoading.WarmUpFailed(load, e);
        }
    }

    [LoggerMessage(
        EventIds.ScoresDepend, LogLevel.Warning,
        "Model {Model}: a text's score depends on its padding or its neighbours; the server {Consequence}. "
        + "Export the graph \"score\" with masks made from lengths and without dynamic quantization")]
    private static partial void ScoresDepend(ILogger logger, string model, string consequence);
}

/// <summary>What the manifest of a language model says of its task.</summary>
/// <param name="Sampling">How tokens are chosen where a request does not say.</param>
public sealed record LanguageModelingSection(SamplingOptions Sampling) : TaskSection;
