using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Body of <c>POST /detect</c>; unknown fields are ignored.</summary>
public record LibreDetectRequest
{
    /// <summary>A text, or an array of texts.</summary>
    public TextInputs? Q { get; init; }

    /// <summary>The key, where the server has keys; a header will do as well.</summary>
    [JsonPropertyName("api_key")]
    public string? ApiKey { get; init; }
}

/// <summary>Body of <c>POST /translate</c>; unknown fields are ignored.</summary>
public sealed record LibreTranslateRequest : LibreDetectRequest
{
    /// <summary>Language code of the texts, or <c>auto</c>.</summary>
    public string? Source { get; init; }

    /// <summary>Language code of the translation.</summary>
    public string? Target { get; init; }

    /// <summary><c>text</c>; <c>html</c> is refused.</summary>
    public string? Format { get; init; }

    /// <summary>Most further translations, 0 to 15.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int? Alternatives { get; init; }
}

/// <summary>Answer of <c>POST /translate</c>: each field is one value for one text, and an array for an array of texts.</summary>
/// <param name="TranslatedText">The translation.</param>
/// <param name="DetectedLanguage">A <see cref="LibreDetection"/>; only for <c>auto</c>.</param>
/// <param name="Alternatives">Further translations; only when asked for.</param>
public sealed record LibreTranslateResponse(JsonNode TranslatedText, JsonNode? DetectedLanguage, JsonNode? Alternatives);

/// <summary>A language that a text may be in.</summary>
/// <param name="Confidence">Its probability in percent.</param>
/// <param name="Language">Its code.</param>
public sealed record LibreDetection(double Confidence, string Language);

/// <summary>A language that texts can be translated from.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its English name.</param>
/// <param name="Targets">Codes of the languages it can be translated into.</param>
public sealed record LibreLanguage(string Code, string Name, IReadOnlyList<string> Targets)
{
    /// <summary>The English name of a code, as far as the system knows one.</summary>
    public static string NameOf(string code)
    {
        try
        {
            return CultureInfo.GetCultureInfo(code).EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }
}

/// <summary>A language.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its English name.</param>
public sealed record LibreLanguageName(string Code, string Name);

/// <summary>Answer of <c>GET /frontend/settings</c>: what LibreTranslate's own pages and clients ask before they begin.</summary>
/// <param name="ApiKeys">Whether the server has keys.</param>
/// <param name="CharLimit">Most characters of a text.</param>
/// <param name="FilesTranslation">Whether files are translated.</param>
/// <param name="FrontendTimeout">Milliseconds a page should wait for the end of the typing.</param>
/// <param name="KeyRequired">Whether a request needs a key.</param>
/// <param name="Language">The pair a page should begin with.</param>
/// <param name="Suggestions">Whether suggestions are taken.</param>
/// <param name="SupportedFilesFormat">Kinds of files that are translated.</param>
public sealed record LibreSettings(
    bool ApiKeys,
    int CharLimit,
    bool FilesTranslation,
    int FrontendTimeout,
    bool KeyRequired,
    LibreDefaultPair Language,
    bool Suggestions,
    IReadOnlyList<string> SupportedFilesFormat);

/// <summary>The pair a page should begin with.</summary>
/// <param name="Source">What it translates from.</param>
/// <param name="Target">What it translates into.</param>
public sealed record LibreDefaultPair(LibreLanguageName Source, LibreLanguageName Target);

/// <summary>A failure.</summary>
/// <param name="Error">What is wrong and what to change.</param>
public sealed record LibreError(string Error);
