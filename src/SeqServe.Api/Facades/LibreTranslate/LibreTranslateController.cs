using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Security;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>
/// The routes of LibreTranslate (libretranslate.com), so that its clients work unchanged. Not in the OpenAPI document of the native API: the protocol is
/// another's.
/// </summary>
[ApiExplorerSettings(IgnoreApi = true)]
[EnableCors(LibreTranslateSetup.CorsPolicy)]
public sealed class LibreTranslateController(LibreTranslation translation, LibreBody body, ApiKeyGate gate, JsonAnswers answers) : ControllerBase
{
    /// <summary>Translates.</summary>
    [HttpPost("translate")]
    [AllowWithoutKey]
    public async Task Translate()
    {
        var request = await body.ReadTranslateAsync(Request);
        gate.Admit(HttpContext, request.ApiKey);
        await answers.WriteAsync(Response, await translation.TranslateAsync(request, HttpContext), LibreJson.Default.LibreTranslateResponse);
    }

    /// <summary>Detects the language of a text.</summary>
    [HttpPost("detect")]
    [AllowWithoutKey]
    public async Task Detect()
    {
        var request = await body.ReadDetectAsync(Request);
        gate.Admit(HttpContext, request.ApiKey);
        await answers.WriteAsync(Response, await translation.DetectAsync(request, HttpContext), LibreJson.Default.LibreDetectionArray);
    }

    /// <summary>Lists the languages there are.</summary>
    [HttpGet("languages")]
    [AllowWithoutKey]
    public Task Languages() => answers.WriteAsync(Response, translation.Languages(), LibreJson.Default.LibreLanguageArray);

    /// <summary>Says what a page needs to know.</summary>
    [HttpGet("frontend/settings")]
    [AllowWithoutKey]
    public Task Settings() => answers.WriteAsync(Response, translation.Settings(gate.IsClosed), LibreJson.Default.LibreSettings);
}
