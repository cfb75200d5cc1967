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
