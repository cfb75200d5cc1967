using Microsoft.AspNetCore.Cors.Infrastructure;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>
/// The API of LibreTranslate (libretranslate.com). Its clients send their keys in the body, so that it asks the gate itself, once it has read it.
/// </summary>
internal sealed class LibreTranslateFacade : IFacade
{
    public IReadOnlyList<PathString> Paths { get; } = ["/translate", "/detect", "/languages", "/frontend"];

    public IReadOnlyList<object> Metadata { get; } = [new LibreErrorShape()];

    public IEnumerable<WarmUpRequest> WarmUps(WarmUpModels models)
    {
        if (models.Of(TranslationTask.TaskName)?.Manifest?.Section.Languages is { } pair)
            yield return new WarmUpRequest("/translate", new() { ["q"] = WarmUpModels.Text, ["source"] = pair.Source, ["target"] = pair.Target });
    }
}

/// <summary>Registers LibreTranslate's API.</summary>
internal static class LibreTranslateSetup
{
    public const string CorsPolicy = "libretranslate";

    public static IServiceCollection AddLibreTranslateFacade(this IServiceCollection services) => services
        .AddFacade<LibreTranslateFacade>()
        .AddSingleton<LanguageDetector>()
        .AddSingleton<LibreTranslation>()
        .AddSingleton<LibreBody>()
        // Pages of any origin may call, as with LibreTranslate; never with cookies or HTTP credentials, which a page of any origin must not be able to use.
        .AddCors(cors => cors.AddPolicy(CorsPolicy, AnyOrigin));

    private static void AnyOrigin(CorsPolicyBuilder policy) => policy.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod();
}
