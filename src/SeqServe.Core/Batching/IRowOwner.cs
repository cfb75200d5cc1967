namespace SeqServe.Core.Batching;

/// <summary>Holds rows that wait or run.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public interface IRowOwner<in TRow>
    where TRow : QueuedRow
{
    /// <summary>Ends the wait of a row whose caller has gone or whose deadline has passed. A run that it is part of goes on without it.</summary>
    void Depart(TRow row, Exception reason);
}
