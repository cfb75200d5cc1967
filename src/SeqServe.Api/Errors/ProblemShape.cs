using System.Text.Json;
using System.Text.Json.Serialization;
using SeqServe.Api.Json;

namespace SeqServe.Api.Errors;

/// <summary>Failures as RFC 9457 describes them, and of routes that say nothing else.</summary>
internal sealed class ProblemShape : ErrorShape
{
    /// <summary>The shape; it has no state.</summary>
    public static ProblemShape Instance { get; } = new();

    public override string MediaType => "application/problem+json";

    public override Type Contract => typeof(Problem);

    public override byte[] Write(Failure failure, string traceId) => JsonSerializer.SerializeToUtf8Bytes(
        new Problem
        {
            Type = failure.Kind.Type,
            Title = failure.Kind.Title,
            Status = failure.Kind.Status,
            Detail = failure.Detail,
            TraceId = traceId,
            Errors = failure.Errors,
        },
        ProblemJson.Answers.Problem);
}

/// <summary>Source-generated JSON of problem documents: snake_case, nulls left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    // Lazy, since Default is initialized in the generated half of this class.
    private static readonly Lazy<ProblemJson> s_answers = new(static () => new ProblemJson(Default!.Options.ForAnswers()));

    /// <summary>For writing.</summary>
    public static ProblemJson Answers => s_answers.Value;
}
