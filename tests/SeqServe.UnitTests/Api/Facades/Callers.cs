using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Json;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.LanguageModeling;

namespace SeqServe.UnitTests.Api.Facades;

/// <summary>Requests as mappers see them.</summary>
internal static class Callers
{
    public static RequestReader Reader { get; } = new(Options.Create(new SeqServeOptions()));

    /// <summary>A caller who gives 250 ms and is in a hurry.</summary>
    public static HttpContext InAHurry => new DefaultHttpContext { Request = { Headers = { ["X-Request-Timeout-Ms"] = "250", ["X-Priority"] = "high" } } };

    public static TextInputs Texts(params string[] texts) => new(texts, false, texts.Length);

    public static PromptInputs OnePrompt(string text) => new([Prompt.OfText(text)], true, 1);
}
