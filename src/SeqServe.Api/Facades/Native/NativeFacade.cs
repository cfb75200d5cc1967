using System.Text.Json.Nodes;
using SeqServe.Api.Errors;
using SeqServe.Api.Json;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.Tagging;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Api.Facades.Native;

/// <summary>The server's own API.</summary>
internal sealed class NativeFacade : IFacade
{
    public IReadOnlyList<PathString> Paths { get; } = ["/v1"];

    public IReadOnlyList<object> Metadata { get; } = [ProblemShape.Instance];

    public IEnumerable<WarmUpRequest> WarmUps(WarmUpModels models) =>
    [
        .. models.Ask(ClassificationTask.TaskName, "/v1/classify", Inputs()),
        .. models.Ask(TaggingTask.TaskName, "/v1/tag", Inputs()),
        .. models.Ask(TranslationTask.TaskName, "/v1/translate", Inputs()),
        .. models.Ask(LanguageModelingTask.TaskName, "/v1/next-token", Inputs()),
        .. models.Ask(LanguageModelingTask.TaskName, "/v1/score", Inputs()),
    ];

    private static JsonObject Inputs() => new() { ["inputs"] = WarmUpModels.Text };
}

/// <summary>Registers the server's own API.</summary>
internal static class NativeSetup
{
    public static IServiceCollection AddNativeFacade(this IServiceCollection services) => services
        .AddFacade<NativeFacade>()
        .AddSingleton(_ => new FacadeJson(NativeJson.Default))
        .AddSingleton<ClassifyMapper>()
        .AddSingleton<NextTokenMapper>()
        .AddSingleton<RerankMapper>()
        .AddSingleton<ScoreMapper>()
        .AddSingleton<TagMapper>()
        .AddSingleton<TranslateMapper>();
}
