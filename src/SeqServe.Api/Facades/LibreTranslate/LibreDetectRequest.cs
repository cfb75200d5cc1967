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
