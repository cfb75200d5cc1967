using SeqServe.Api.Errors;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native;

/// <summary>The server's own API.</summary>
internal sealed class NativeFacade : IFacade
{
    public IReadOnlyList<PathString> Paths { get; } = ["/v1"];

    public IReadOnlyList<object> Metadata { get; } = [ProblemShape.Instance];
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
