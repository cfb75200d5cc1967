using System.Text.Json.Serialization;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native;

/// <summary>Source-generated JSON of the native contracts: snake_case, unknown and repeated fields refused, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ClassifyRequest))]
[JsonSerializable(typeof(ClassifyResponse))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelObject))]
[JsonSerializable(typeof(NextTokenRequest))]
[JsonSerializable(typeof(NextTokenResponse))]
[JsonSerializable(typeof(RerankRequest))]
[JsonSerializable(typeof(RerankResponse))]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(ScoreResponse))]
[JsonSerializable(typeof(TagRequest))]
[JsonSerializable(typeof(TagResponse))]
[JsonSerializable(typeof(TranslateRequest))]
[JsonSerializable(typeof(TranslateResponse))]
[JsonSerializable(typeof(TranslateToken))]
internal sealed partial class NativeJson : JsonSerializerContext
{
    // Lazy, since Default is initialized in the generated half of this class.
    private static readonly Lazy<NativeJson> s_answers = new(static () => new NativeJson(Default!.Options.ForAnswers()));

    /// <summary>For writing.</summary>
    public static NativeJson Answers => s_answers.Value;
}
