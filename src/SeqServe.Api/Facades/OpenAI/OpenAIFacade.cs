using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>OpenAI's API of completions and embeddings.</summary>
internal sealed class OpenAIFacade : IFacade
{
    public IReadOnlyList<PathString> Paths { get; } = ["/v1/completions", "/v1/embeddings"];

    public IReadOnlyList<object> Metadata { get; } = [new OpenAIErrorShape()];
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
