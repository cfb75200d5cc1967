using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>Why a queue does not take rows now. A value and no exception: under overload most requests end so, and an exception costs more than all else that is done for them.</summary>
/// <param name="Code"><see cref="ServingErrorCode.Overloaded"/>, or <see cref="ServingErrorCode.InvalidRequest"/> for what would never fit.</param>
/// <param name="Detail">What the caller is told. Of an overload it is the same for every refusal of a queue for the same reason.</param>
/// <param name="RetryAfter">When a retry makes sense, or null when it never does.</param>
public readonly record struct QueueRefusal(ServingErrorCode Code, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>The refusal as the exception that carries it to the caller.</summary>
    public ServingException ToException() => new(Code, Detail) { RetryAfter = RetryAfter };
}
