using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Source-generated JSON of LibreTranslate's contracts: camelCase, unknown fields ignored, nulls left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LibreTranslateRequest))]
[JsonSerializable(typeof(LibreDetectRequest))]
[JsonSerializable(typeof(LibreTranslateResponse))]
[JsonSerializable(typeof(LibreDetection))]
[JsonSerializable(typeof(LibreDetection[]))]
[JsonSerializable(typeof(LibreLanguage[]))]
[JsonSerializable(typeof(LibreSettings))]
[JsonSerializable(typeof(LibreError))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(double))]
internal sealed partial class LibreJson : JsonSerializerContext
{
    /// <summary>For writing: answers are JSON with nosniff, never part of a page, so é and ' may stand as they are.</summary>
    public static LibreJson Answers => s_answers.Value;

    // Lazy, since Default is initialized in the generated half of this class.
    private static readonly Lazy<LibreJson> s_answers = new(static () => new LibreJson(FacadeJson.ForAnswers(Default!)));
}
