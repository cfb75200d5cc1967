using System.Text.Json.Serialization;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Facades.OpenAI.Contracts;

namespace SeqServe.Api.Json;

/// <summary>Source-generated JSON of every contract: snake_case, unknown and repeated fields refused, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ClassifyRequest))]
[JsonSerializable(typeof(ClassifyResponse))]
[JsonSerializable(typeof(CompletionsRequest))]
[JsonSerializable(typeof(CompletionsResponse))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelObject))]
[JsonSerializable(typeof(NextTokenRequest))]
[JsonSerializable(typeof(NextTokenResponse))]
[JsonSerializable(typeof(OpenAIErrorResponse))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(ScoreResponse))]
[JsonSerializable(typeof(TranslateRequest))]
[JsonSerializable(typeof(TranslateResponse))]
[JsonSerializable(typeof(TranslateToken))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>For writing.</summary>
    public static ApiJson Answers => s_answers.Value;

    // Lazy, since Default is initialized in the generated half of this class.
    private static readonly Lazy<ApiJson> s_answers = new(static () => new ApiJson(Default!.Options.ForAnswers()));
}
