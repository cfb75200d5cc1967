using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Security;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>
/// The routes of LibreTranslate (libretranslate.com), so that its clients work unchanged. Not in the OpenAPI document of the native API: the protocol is
/// another's.
/// </summary>
[ApiController]
[ApiExplorerSettings(IgnoreApi = true)]
[EnableCors(LibreTranslateSetup.CorsPolicy)]
public sealed class LibreTranslateController(LibreTranslation translation, LibreBody body, ApiKeyGate gate) : ControllerBase
{
    /// <summary>Translates.</summary>
    [HttpPost("translate")]
    public async Task<IActionResult> Translate()
    {
        var request = await body.ReadTranslateAsync(Request);
        gate.Admit(HttpContext, request.ApiKey);
        return new JsonResult(await translation.TranslateAsync(request, HttpContext), LibreJson.Answers.Options);
    }

    /// <summary>Detects the language of a text.</summary>
    [HttpPost("detect")]
    public async Task<IActionResult> Detect()
    {
        var request = await body.ReadDetectAsync(Request);
        gate.Admit(HttpContext, request.ApiKey);
        return new JsonResult(await translation.DetectAsync(request, HttpContext), LibreJson.Answers.Options);
    }

    /// <summary>Lists the languages there are.</summary>
    [HttpGet("languages")]
    public IActionResult Languages() => new JsonResult(translation.Languages(), LibreJson.Answers.Options);

    /// <summary>Says what a page needs to know.</summary>
    [HttpGet("frontend/settings")]
    public IActionResult Settings() => new JsonResult(translation.Settings(gate.IsClosed), LibreJson.Answers.Options);
}
