using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>Refusals for callers that carry failures as exceptions.</summary>
public static class AdmissionExtensions
{
    /// <summary>As <see cref="IAdmission.Refusal"/>, thrown.</summary>
    /// <param name="admission">The queue.</param>
    /// <param name="rows">How many rows will come.</param>
    /// <param name="left">Time until the deadline of their request, or null for any.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.Overloaded"/>, or <see cref="ServingErrorCode.InvalidRequest"/> for what would never fit.</exception>
    public static void EnsureRoom(this IAdmission admission, int rows, TimeSpan? left = null)
    {
        if (admission.Refusal(rows, left) is { } refusal)
            throw refusal.ToException();
    }
}
