using System.Text.Json.Serialization;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Source-generated JSON of the protocol's small messages. Requests with tensors, and tensors, are read and written without it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OipError))]
[JsonSerializable(typeof(ServerLive))]
[JsonSerializable(typeof(ServerReady))]
[JsonSerializable(typeof(ModelReady))]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(ModelConfig))]
[JsonSerializable(typeof(ModelStats))]
[JsonSerializable(typeof(RepositoryEntry[]))]
[JsonSerializable(typeof(IndexRequest))]
[JsonSerializable(typeof(RepositoryLoadRequest))]
internal sealed partial class OipJson : JsonSerializerContext
{
    /// <summary>For writing.</summary>
    public static OipJson Answers => s_answers.Value;

    // Lazy, since Default is initialized in the generated half of this class.
    private static readonly Lazy<OipJson> s_answers = new(static () => new OipJson(Default!.Options.ForAnswers()));
}
