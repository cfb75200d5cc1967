using Microsoft.Extensions.DependencyInjection.Extensions;
using SeqServe.Core.Backends;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Registry;
using SeqServe.Core.Registry.Golden;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.HuggingFace;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Embedding;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Completions;
using SeqServe.Core.Tasks.LanguageModeling.NextToken;
using SeqServe.Core.Tasks.LanguageModeling.Scoring;
using SeqServe.Core.Tasks.LanguageModeling.States;
using SeqServe.Core.Tasks.Reranking;
using SeqServe.Core.Tasks.Tagging;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tokenization;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what Core brings. The host adds a model repository, a backend factory, a run scheduler and the registry's options.</summary>
public static class SeqServeCoreServiceCollectionExtensions
{
    /// <summary>Adds registry, tasks, tokenizers and model formats.</summary>
    public static IServiceCollection AddSeqServeCore(this IServiceCollection services) => services
        .AddSingleton<ServingMetrics>()
        .AddModelRepository()
        .AddModelRegistry()
        .AddTokenizer<SentencePieceBpeKind>()
        .AddTokenizer<HuggingFaceTokenizerKind>()
        .AddClassification()
        .AddTagging()
        .AddEmbedding()
        .AddTranslation()
        .AddLanguageModeling()
        .AddTensors();

    /// <summary>Adds a task.</summary>
    public static IServiceCollection AddModelTask<TTask>(this IServiceCollection services)
        where TTask : ModelTask
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ModelTask, TTask>());
        return services;
    }

    /// <summary>Adds a kind of tokenizer.</summary>
    public static IServiceCollection AddTokenizer<TKind>(this IServiceCollection services)
        where TKind : class, ITokenizerKind
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITokenizerKind, TKind>());
        return services;
    }

    /// <summary>Adds a model format; a folder is of the first that takes it.</summary>
    public static IServiceCollection AddModelFormat<TFormat>(this IServiceCollection services)
        where TFormat : class, IModelFormat
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IModelFormat, TFormat>());
        return services;
    }

    private static IServiceCollection AddModelRepository(this IServiceCollection services) => services
        .AddSingleton<TokenizerFactory>()
        .AddSingleton<TaskCatalog>()
        .AddSingleton(provider => new ManifestReader(
            provider.GetServices<ModelTask>(), provider.GetRequiredService<TokenizerFactory>().Types, provider.GetRequiredService<IBackendFactory>().Devices))
        .AddModelFormat<HuggingFaceFormat>()
        .AddModelFormat<ManifestFormat>()
        .AddModelFormat<BareGraphFormat>();

    private static IServiceCollection AddModelRegistry(this IServiceCollection services) => services
        .AddSingleton<GoldenCheck>()
        .AddSingleton<ModelAcceptance>(provider => provider.GetRequiredService<GoldenCheck>().Accept)
        .AddSingleton(MakeTaskServices)
        .AddSingleton<ModelLoader>()
        .AddSingleton<ModelRegistry>()
        .AddSingleton<ModelLifecycle>()
        .AddSingleton<RepositoryPoll>();

    // Whoever only validates has no registry.
    private static TaskServices MakeTaskServices(IServiceProvider provider)
    {
        var options = provider.GetService<ModelRegistryOptions>() ?? new ModelRegistryOptions();
        var services = ActivatorUtilities.CreateInstance<TaskServices>(provider) with { ProbeTimeout = options.ProbeTimeout, Tensors = options.Tensors };
        if (options.MaxStateBytes is { } states)
            services = services with { States = new StateBudget(states) };
        return options.MaxCacheBytes is { } caches ? services with { Caches = new CacheBudget(caches) } : services;
    }

    private static IServiceCollection AddClassification(this IServiceCollection services) => services
        .AddModelTask<ClassificationTask>()
        .AddSingleton<SequenceClassifier>()
        .AddSingleton<Reranker>()
        .AddSingleton<ITextTensorTask, ClassificationText>();

    private static IServiceCollection AddTagging(this IServiceCollection services) => services
        .AddModelTask<TaggingTask>()
        .AddSingleton<SequenceTagger>();

    private static IServiceCollection AddEmbedding(this IServiceCollection services) => services
        .AddModelTask<EmbeddingTask>()
        .AddSingleton<TextEmbedder>();

    private static IServiceCollection AddTranslation(this IServiceCollection services) => services
        .AddModelTask<TranslationTask>()
        .AddSingleton<TranslationModels>()
        .AddSingleton<Translator>()
        .AddSingleton<ITextTensorTask, TranslationText>();

    private static IServiceCollection AddLanguageModeling(this IServiceCollection services) => services
        .AddModelTask<LanguageModelingTask>()
        .AddSingleton<StateTokens>()
        .AddSingleton<NextTokenPredictor>()
        .AddSingleton<TextCompleter>()
        .AddSingleton<TextScorer>()
        .AddSingleton<ITextTensorTask, CompletionText>();

    private static IServiceCollection AddTensors(this IServiceCollection services) => services
        .AddModelTask<TensorTask>()
        .AddSingleton<TensorInference>();
}
