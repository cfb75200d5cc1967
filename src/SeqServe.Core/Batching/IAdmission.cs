using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>What a queue lets in.</summary>
public interface IAdmission
{
    /// <summary>Decides early, before any work is done for the rows; the queue decides for good when they are queued. Takes no lock.</summary>
    /// <param name="rows">How many rows will come.</param>
    /// <param name="left">Time until the deadline of their request, or null for any.</param>
    /// <returns>Null while there is room.</returns>
    QueueRefusal? Refusal(int rows, TimeSpan? left = null);
}

/// <summary>
/// Why a queue does not take rows now. A value and no exception: under overload most requests end so, and an exception costs more than all else that is done
/// for them.
/// </summary>
/// <param name="Code"><see cref="ServingErrorCode.Overloaded"/>, or <see cref="ServingErrorCode.InvalidRequest"/> for what would never fit.</param>
/// <param name="Detail">The message for the caller. Of an overload it is the same for every refusal of a queue for the same reason.</param>
/// <param name="RetryAfter">When a retry makes sense, or null when it never does.</param>
public readonly record struct QueueRefusal(ServingErrorCode Code, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>The refusal as the exception that carries it to the caller.</summary>
    public ServingException ToException() => new(Code, Detail) { RetryAfter = RetryAfter };
}

/// <summary>Refusals for callers that carry failures as exceptions.</summary>
public static class AdmissionExtensions
{
    /// <summary>As <see cref="IAdmission.Refusal"/>, thrown.</summary>
    /// <param name="admission">The queue.</param>
    /// <param name="rows">How many rows will come.</param>
    /// <param name="left">Time until the deadline of their request, or null for any.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.Overloaded"/>, or <see cref="ServingErrorCode.InvalidRequest"/> for what would never fit.
    /// </exception>
    public static void EnsureRoom(this IAdmission admission, int rows, TimeSpan? left = null)
    {
        if (admission.Refusal(rows, left) is { } refusal)
            throw refusal.ToException();
    }
}
