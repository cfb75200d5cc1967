using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;
using SeqServe.Core.Registry.Golden;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.LanguageModeling.Completions;
using SeqServe.Core.Tasks.LanguageModeling.NextToken;
using SeqServe.Core.Tasks.LanguageModeling.Scoring;
using SeqServe.Core.Tasks.LanguageModeling.States;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tasks.Translation;

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
        .AddSingleton<ITextTensorTask, ClassificationText>()
        .AddSingleton<ITextTensorTask, TranslationText>()
        .AddSingleton<ITextTensorTask, CompletionText>()
        .AddSingleton<TensorInference>();
}
