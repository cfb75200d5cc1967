using System.Text.Json.Nodes;
using SeqServe.Api.Json;
using SeqServe.Core.Tasks.Embedding;
using SeqServe.Core.Tasks.LanguageModeling;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>OpenAI's API of completions and embeddings.</summary>
internal sealed class OpenAIFacade : IFacade
{
    public IReadOnlyList<PathString> Paths { get; } = ["/v1/completions", "/v1/embeddings"];

    public IReadOnlyList<object> Metadata { get; } = [new OpenAIErrorShape()];

    public IEnumerable<WarmUpRequest> WarmUps(WarmUpModels models) =>
    [
        .. models.Ask(LanguageModelingTask.TaskName, "/v1/completions", Completion(temperature: 0)),
        .. models.Ask(LanguageModelingTask.TaskName, "/v1/completions", Completion(temperature: 1)),
        .. models.Ask(EmbeddingTask.TaskName, "/v1/embeddings", new() { ["input"] = WarmUpModels.Text }),
    ];

    // Of a text that is not at its end, so that some tokens come; one whole, one streamed.
    private static JsonObject Completion(double temperature) => new()
    {
        ["prompt"] = WarmUpModels.Beginning,
        ["max_tokens"] = 4,
        ["temperature"] = temperature,
        ["seed"] = 1,
        ["stream"] = temperature > 0,
    };
}

/// <summary>Registers OpenAI's API.</summary>
internal static class OpenAISetup
{
    public static IServiceCollection AddOpenAIFacade(this IServiceCollection services) => services
        .AddFacade<OpenAIFacade>()
        .AddSingleton(_ => new FacadeJson(OpenAIJson.Default))
        .AddSingleton<CompletionsMapper>()
        .AddSingleton<EmbeddingsMapper>();
}
