using System.Text.Json.Serialization;
using SeqServe.Api.Facades.OpenAI.Contracts;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>
/// Source-generated JSON of OpenAI's contracts: snake_case, unknown and repeated fields refused, nulls left out where OpenAI leaves them out.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CompletionsRequest))]
[JsonSerializable(typeof(CompletionsResponse))]
[JsonSerializable(typeof(EmbeddingsRequest))]
[JsonSerializable(typeof(EmbeddingsResponse))]
[JsonSerializable(typeof(OpenAIErrorResponse))]
internal sealed partial class OpenAIJson : JsonSerializerContext
{
    // Lazy, since Default is initialized in the generated half of this class.
    private static readonly Lazy<OpenAIJson> s_answers = new(static () => new OpenAIJson(Default!.Options.ForAnswers()));

    /// <summary>For writing.</summary>
    public static OpenAIJson Answers => s_answers.Value;
}
