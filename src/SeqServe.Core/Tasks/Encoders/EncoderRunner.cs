using System.Buffers;
using System.Diagnostics;
using System.Numerics.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>Pads rows into one batch, runs the graph, and hands each row what was computed for it.</summary>
/// <param name="backend">The graph; owned by the caller.</param>
/// <param name="padId">The id that fills the tail of shorter rows.</param>
/// <param name="output">What a row keeps of what the graph gives for it.</param>
internal sealed class EncoderRunner(IEncoderBackend backend, int padId, RowOutput output) : IBatchRunner<EncoderRow>
{
    public int ThreadsPerRun => backend.ThreadsPerRun;

    public int ConcurrentRuns => backend.ConcurrentRuns;

    public int LatencyThreads => backend.LatencyThreads;

    public void Run(IReadOnlyList<EncoderRow> rows) => Run(rows, onLatencySession: false);

    public void RunOnLatencySession(IReadOnlyList<EncoderRow> rows) => Run(rows, onLatencySession: true);

    private void Run(IReadOnlyList<EncoderRow> rows, bool onLatencySession)
    {
        using var batch = PaddedBatch.Of(rows.Count, rows, static (rows, i) => rows[i].Ids, padId);
        for (var i = 0; i < rows.Count; i++)
            batch.SetTypes(i, rows[i].TypeIds);
        var each = backend.SizeOfRow(batch.Time);
        var computed = ArrayPool<float>.Shared.Rent(checked(rows.Count * each));
        try
        {
            if (onLatencySession)
                backend.RunOnLatencySession(batch, computed.AsSpan(0, rows.Count * each));
            else
                backend.Run(batch, computed.AsSpan(0, rows.Count * each));
            for (var i = 0; i < rows.Count; i++)
                Deliver(computed.AsSpan(i * each, each), rows[i]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(computed);
        }
    }

    private void Deliver(ReadOnlySpan<float> computed, EncoderRow row)
    {
        output(computed, backend.Width, row.Ids.Length, row.Output);
        if (!TensorPrimitives.IsFiniteAll<float>(row.Output))
            throw new BackendException("The graph computed a number that is not finite.");
    }
}

/// <summary>What a row keeps of what the graph gives for it.</summary>
/// <param name="computed"><c>[W]</c>, or <c>[T,W]</c> where the graph gives numbers for each token, the padding's among them.</param>
/// <param name="width">W.</param>
/// <param name="length">Tokens of the row, at most T.</param>
/// <param name="kept">Receives it.</param>
public delegate void RowOutput(ReadOnlySpan<float> computed, int width, int length, Span<float> kept);

/// <summary>One text on its way through an encoder.</summary>
/// <param name="ids">Its token ids, 1 to the model's limit, each inside of the vocabulary.</param>
/// <param name="outputs">How many numbers are kept of what the graph gives for it.</param>
/// <param name="traceContext">The request's span.</param>
public sealed class EncoderRow(int[] ids, int outputs, ActivityContext traceContext) : QueuedRow(ids.Length, traceContext)
{
    private readonly int[] _ids = ids;
    private readonly float[] _output = new float[outputs];

    /// <summary>Its token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>The type of each token, for a model that tells the texts of a pair apart; empty where all are 0.</summary>
    public int[] TypeIds { get; init; } = [];

    /// <summary>What the graph gave for it, once the row is completed.</summary>
    public Span<float> Output => _output;
}
