using System.Text.Json.Nodes;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Answer of <c>POST /translate</c>: each field is one value for one text, and an array for an array of texts.</summary>
/// <param name="TranslatedText">The translation.</param>
/// <param name="DetectedLanguage">A <see cref="LibreDetection"/>; only for <c>auto</c>.</param>
/// <param name="Alternatives">Further translations; only when asked for.</param>
public sealed record LibreTranslateResponse(JsonNode TranslatedText, JsonNode? DetectedLanguage, JsonNode? Alternatives);
