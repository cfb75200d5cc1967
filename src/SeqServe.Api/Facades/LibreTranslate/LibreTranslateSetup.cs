namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Registers LibreTranslate's routes.</summary>
internal static class LibreTranslateSetup
{
    public const string CorsPolicy = "libretranslate";

    /// <summary>Paths of the protocol. They lie outside of /v1 and are counted, and drained, like those inside.</summary>
    public static readonly string[] Paths = ["/translate", "/detect", "/languages", "/frontend"];

    public static IServiceCollection AddLibreTranslate(this IServiceCollection services) => services
        .AddSingleton<LanguageDetector>()
        .AddSingleton<LibreTranslation>()
        .AddSingleton<LibreBody>()
        // Pages of any origin may call, as with LibreTranslate; never with cookies or HTTP credentials, which a page of any origin must not be able to use.
        .AddCors(cors => cors.AddPolicy(CorsPolicy, policy => policy.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod()));
}
