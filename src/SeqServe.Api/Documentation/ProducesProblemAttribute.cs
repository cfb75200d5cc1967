using SeqServe.Core.Errors;

namespace SeqServe.Api.Documentation;

/// <summary>Documents the problems an action can answer with.</summary>
/// <param name="codes">Rows of the error table.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ProducesProblemAttribute(params ServingErrorCode[] codes) : Attribute
{
    /// <summary>Rows of the error table.</summary>
    public IReadOnlyList<ServingErrorCode> Codes { get; } = codes;
}
