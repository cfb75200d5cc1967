using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.HuggingFace;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Embedding;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.Tagging;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tokenization;

namespace SeqServe.TestSupport;

/// <summary>The tasks, tokenizers and model formats that the server registers, for tests that do without its services.</summary>
public static class ShippedTasks
{
    private static readonly ModelTask[] s_tasks =
    [
        new ClassificationTask(), new TaggingTask(), new EmbeddingTask(), new TranslationTask(), new LanguageModelingTask(), new TensorTask(),
    ];

    /// <summary>The tasks.</summary>
    public static TaskCatalog Catalog { get; } = new(s_tasks);

    /// <summary>The tokenizers.</summary>
    public static TokenizerFactory Tokenizers { get; } = new([new SentencePieceBpeKind(), new HuggingFaceTokenizerKind()]);

    /// <summary>Reads manifests.</summary>
    public static ManifestReader Manifests { get; } = new(s_tasks, Tokenizers.Types, ["cuda", "cpu"]);

    /// <summary>A folder of models.</summary>
    /// <param name="root">Absolute path.</param>
    public static FileModelRepository Open(string root) =>
        new(root, [new HuggingFaceFormat(Manifests), new ManifestFormat(Manifests), new BareGraphFormat(Manifests)]);

    /// <summary>What models run on, with the tokenizers that the server registers.</summary>
    public static TaskServices Services(
        IBackendFactory backends, RunScheduler scheduler, ServingMetrics metrics, TimeProvider time, PlanOptions plans, ILoggerFactory loggers) =>
        new(backends, Tokenizers, scheduler, plans, metrics, time, loggers);

    /// <summary>Makes a loader.</summary>
    public static ModelLoader Loader(
        IBackendFactory backends,
        RunScheduler scheduler,
        ServingMetrics metrics,
        TimeProvider time,
        PlanOptions plans,
        ILoggerFactory loggers,
        ModelAcceptance? acceptance = null) => new(Catalog, Services(backends, scheduler, metrics, time, plans, loggers), acceptance);
}
