using System.Text.Json.Serialization;

namespace SeqServe.Api.Facades.LibreTranslate;

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
