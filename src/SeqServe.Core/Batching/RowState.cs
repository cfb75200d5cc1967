namespace SeqServe.Core.Batching;

/// <summary>Where a row is on its way.</summary>
internal enum RowState
{
    /// <summary>In the queue.</summary>
    Waiting,

    /// <summary>In a batch that runs.</summary>
    Running,

    /// <summary>Its caller has gone or its deadline has passed; it must not cost a run.</summary>
    Departed,

    /// <summary>Its result or failure is known.</summary>
    Completed,
}
