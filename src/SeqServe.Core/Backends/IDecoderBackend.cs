namespace SeqServe.Core.Backends;

/// <summary>What translators and language models have in common.</summary>
public interface IDecoderBackend : IDisposable
{
    /// <summary>Number of token ids V.</summary>
    int VocabularySize { get; }

    /// <summary>Name of the execution provider that runs the graphs, such as <c>cpu</c>.</summary>
    string Device { get; }

    /// <summary>Most that a row's numbers may differ between two batches.</summary>
    float Tolerance => Tolerances.Full;

    /// <summary>Number of open sessions.</summary>
    int Sessions { get; }

    /// <summary>CPU threads that one run takes.</summary>
    int ThreadsPerRun { get; }

    /// <summary>Runs that may go on at once; a further one would wait.</summary>
    int ConcurrentRuns { get; }

    /// <summary>What a row takes of memory that grows with its tokens.</summary>
    CacheCost CacheCost => CacheCost.None;

    /// <summary>Whether no rows share a run, although several sequences may be in flight.</summary>
    bool RunsAlone => false;

    /// <summary>Lets no rows share a run, in all rows that are made from now on: of graphs in which a row depends on its neighbours.</summary>
    /// <returns>Whether it can; where it cannot, only one row may be in flight.</returns>
    bool TryRunAlone() => false;

    /// <summary>
    /// The graphs by their roles (<c>model</c>, <c>score</c>, <c>encoder</c>, <c>decoder</c>) for callers that bring tensors of their own, on the same
    /// sessions. They live as long as this.
    /// </summary>
    IReadOnlyDictionary<string, ITensorBackend> Graphs => new Dictionary<string, ITensorBackend>();
}
