using SeqServe.Core.Diagnostics;
using SeqServe.Core.Inference;
using SeqServe.Core.Inference.Completion;
using SeqServe.Core.Inference.Golden;
using SeqServe.Core.Inference.NextToken;
using SeqServe.Core.Inference.Scoring;
using SeqServe.Core.Inference.States;
using SeqServe.Core.Inference.Tensors;
using SeqServe.Core.Inference.Translation;
using SeqServe.Core.Models;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what Core brings. The host adds a model repository, a backend factory, a run scheduler and the registry's options.</summary>
public static class SeqServeCoreServiceCollectionExtensions
{
    /// <summary>Adds registry, scheduler and use cases.</summary>
    public static IServiceCollection AddSeqServeCore(this IServiceCollection services) => services
        .AddSingleton<ServingMetrics>()
        .AddSingleton<ModelAcceptance>(GoldenCheck.Accept)
        .AddSingleton<ModelLoader>()
        .AddSingleton<ModelRegistry>()
        .AddSingleton<ModelLifecycle>()
        .AddSingleton<RepositoryPoll>()
        .AddSingleton<SequenceClassifier>()
        .AddSingleton<StateTokens>()
        .AddSingleton<NextTokenPredictor>()
        .AddSingleton<TextCompleter>()
        .AddSingleton<TextScorer>()
        .AddSingleton<TranslationModels>()
        .AddSingleton<Translator>()
        .AddSingleton<TextTensors>()
        .AddSingleton<TensorInference>();
}
