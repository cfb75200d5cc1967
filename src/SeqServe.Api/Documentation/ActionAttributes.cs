using Microsoft.AspNetCore.Http.Metadata;
using SeqServe.Api.Json;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Documentation;

/// <summary>Documents the problems an action can answer with.</summary>
/// <param name="codes">Rows of the error table.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public class ProducesProblemAttribute(params ServingErrorCode[] codes) : Attribute
{
    /// <summary>Rows of the error table.</summary>
    public IReadOnlyList<ServingErrorCode> Codes { get; } = codes;
}

/// <summary>Documents the problems of every action that runs a model on texts.</summary>
public sealed class ProducesInferenceProblemsAttribute() : ProducesProblemAttribute(
    ServingErrorCode.InvalidRequest,
    ServingErrorCode.Unauthorized,
    ServingErrorCode.ModelNotFound,
    ServingErrorCode.PayloadTooLarge,
    ServingErrorCode.InputTooLong,
    ServingErrorCode.InputEmpty,
    ServingErrorCode.Overloaded,
    ServingErrorCode.RateLimited,
    ServingErrorCode.InferenceFailed,
    ServingErrorCode.ModelNotReady,
    ServingErrorCode.Draining,
    ServingErrorCode.DeadlineExceeded);

/// <summary>Documents that an action understands the header <c>X-Priority</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesPriorityAttribute : Attribute;

/// <summary>Has routing refuse other bodies than JSON, and documents the contract of a body that the action reads itself.</summary>
/// <param name="contract">The contract.</param>
/// <param name="mediaTypes">The media types that are taken; none for <c>application/json</c> alone.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AcceptsJsonAttribute(Type contract, params string[] mediaTypes) : Attribute, IAcceptsMetadata
{
    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = mediaTypes.Length == 0 ? [JsonAnswers.MediaType] : mediaTypes;

    /// <inheritdoc/>
    public Type RequestType => contract;

    /// <inheritdoc/>
    public bool IsOptional => false;
}
