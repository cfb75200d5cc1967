using System.Buffers;
using System.Numerics.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>Pads texts into one batch, scores it, and hands each row its own log-probabilities.</summary>
/// <param name="backend">The graphs; owned by the caller.</param>
/// <param name="padId">The id that fills the tail of shorter rows.</param>
internal sealed class ScoringRunner(ILanguageModelBackend backend, int padId) : IBatchRunner<ScoringRow>
{
    public int ThreadsPerRun => backend.ThreadsPerRun;

    public int ConcurrentRuns => backend.ConcurrentRuns;

    public void Run(IReadOnlyList<ScoringRow> rows)
    {
        using var batch = PaddedBatch.Of(rows.Count, rows, static (rows, i) => rows[i].Ids, padId);
        var width = batch.Time - 1;
        var scores = ArrayPool<float>.Shared.Rent(rows.Count * width);
        try
        {
            backend.Score(batch, scores.AsSpan(0, rows.Count * width));
            for (var i = 0; i < rows.Count; i++)
                Deliver(scores.AsSpan(i * width, rows[i].Length - 1), rows[i]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    private static void Deliver(ReadOnlySpan<float> scores, ScoringRow row)
    {
        if (!TensorPrimitives.IsFiniteAll(scores))
            throw new BackendException("The graph computed a log-probability that is not finite.");
        scores.CopyTo(row.LogProbabilities);
    }
}
