using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>A loaded model that reads whole texts at once: tokenizer, graph and the batcher in front of it.</summary>
public abstract class ServedEncoder : ServedModel
{
    private readonly IEncoderBackend _backend;
    private readonly string _operation;

    /// <summary>Takes over what a load has opened.</summary>
    /// <param name="load">The load.</param>
    /// <param name="opened">What it has opened.</param>
    /// <param name="operation">The name of what it does, as routes name its queue.</param>
    internal ServedEncoder(ModelLoad load, OpenedEncoder opened, string operation)
        : base(load, opened.Backend.Device)
    {
        (_backend, _operation) = (opened.Backend, operation);
        (Tokenizer, Batcher) = (opened.Tokenizer, opened.Batcher);
    }

    /// <summary>Turns its texts into ids.</summary>
    public ITextTokenizer Tokenizer { get; }

    /// <summary>The queue in front of it.</summary>
    public DynamicBatcher<EncoderRow> Batcher { get; }

    /// <summary>Numbers that the graph gives for each text, or for each token.</summary>
    public int Width => _backend.Width;

    /// <summary>How it is batched and why, or null until it has been measured.</summary>
    public BatchPlan? Plan { get; private set; }

    /// <summary>CPU threads of a run of its throughput session.</summary>
    public int ThreadsPerRun => _backend.ThreadsPerRun;

    /// <summary>CPU threads of a run of its latency session, or null where none is open.</summary>
    public int? LatencyThreads => LatencyFromTokens is null ? null : _backend.LatencyThreads;

    /// <summary>
    /// Padded tokens from which on a run that has the machine to itself goes to the latency session, from the manifest or the plan; null for never.
    /// </summary>
    public int? LatencyFromTokens => Batcher.LatencyFromTokens;

    /// <inheritdoc/>
    public override IAdmission? QueueOf(string operation) => operation == _operation ? Batcher : null;

    /// <inheritdoc/>
    public override ModelDetails Describe() => new(Batcher.Limits)
    {
        Plan = Plan,
        Sessions = new SessionThreads(Metrics.Sessions, ThreadsPerRun, LatencyThreads, LatencyFromTokens),
        Rows = Independence switch
        {
            RowIndependence.Full => "independent",
            RowIndependence.EqualLengths => "equal-lengths",
            _ => "alone",
        },
        RowsReason = Independence switch
        {
            RowIndependence.Full => $"Trials at load gave each row the same answer alone, behind padding and among others{Within(_backend.Tolerance)}.",
            RowIndependence.EqualLengths when !_backend.KnowsPadding =>
                "Nothing tells the graph which tokens are padding: it takes neither lengths nor a mask.",
            RowIndependence.EqualLengths => "A trial at load gave a row another answer behind padding.",
            _ => _backend.Graph?.MixesRows is { } reason ? $"Rows are run one by one: {reason}." : "A trial at load gave a row another answer among others.",
        },
    };

    /// <summary>Batches and runs it as a plan says.</summary>
    internal void Adopt(BatchPlan plan)
    {
        Plan = plan;
        Batcher.Prefer(plan.BatchSize, plan.BatchTokens, plan.MaxPadding);
        if (Manifest.Instances.LatencyThreads is null)
            UseLatencySession(plan.LatencyFromTokens);
    }

    /// <summary>Opens or closes the latency session.</summary>
    /// <param name="fromTokens">Padded tokens from which on lone runs go to it; null for never.</param>
    internal void UseLatencySession(int? fromTokens)
    {
        if (fromTokens is null)
            _backend.CloseLatencySession();
        Batcher.LatencyFromTokens = fromTokens is not null && _backend.TryOpenLatencySession() ? fromTokens : null;
        Metrics.Sessions = _backend.Sessions;
    }
}
