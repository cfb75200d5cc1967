using System.Diagnostics;
using System.Numerics.Tensors;
using SeqServe.Core.Backends;

namespace SeqServe.Benchmarks.Translation;

/// <summary>
/// What the hardware gives when nothing has to be served: all sentences are known, sorted by length, cut into batches of one size; rows that are done leave
/// the batch. Greedy, as many loops as threads, no HTTP, no scheduler, nothing but the largest logit read.
/// </summary>
internal sealed class OfflineCeiling(BenchTranslator model, IReadOnlyList<int[]> sources, int threads)
{
    private static readonly int[] s_sizes = [8, 16, 32, 64];

    /// <summary>The batch size that gives the most.</summary>
    public int BestSize()
    {
        TokensPerSecond(s_sizes[0]);
        return s_sizes.MaxBy(TokensPerSecond);
    }

    public double TokensPerSecond(int size)
    {
        var batches = sources.OrderBy(source => source.Length).Chunk(size).ToList();
        var started = Stopwatch.GetTimestamp();
        long tokens = 0;
        Parallel.ForEach(batches, new ParallelOptions { MaxDegreeOfParallelism = threads }, batch => Interlocked.Add(ref tokens, Translate(batch)));
        return tokens / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private long Translate(int[][] batch)
    {
        using var rows = model.Backend.NewRows();
        using (var padded = new PaddedBatch(batch.Length, batch[^1].Length, model.Manifest.Tokenizer!.PadId))
        {
            for (var i = 0; i < batch.Length; i++)
                padded.SetRow(i, batch[i]);
            rows.Encode(padded);
        }

        var tokens = Enumerable.Repeat(model.BeginId, batch.Length).ToList();
        var left = batch.Select(model.MaxTokens).ToList();
        long count = 0;
        while (tokens.Count > 0)
        {
            rows.RunStep([.. tokens]);
            for (var row = 0; row < tokens.Count; row++)
                tokens[row] = TensorPrimitives.IndexOfMax(rows.Logits(row));
            for (var row = tokens.Count - 1; row >= 0; row--)
            {
                var ends = tokens[row] == model.EndId;
                count += ends ? 0 : 1;
                if (!ends && --left[row] > 0)
                    continue;
                rows.RemoveAt(row);
                (tokens[row], left[row]) = (tokens[^1], left[^1]);
                tokens.RemoveAt(tokens.Count - 1);
                left.RemoveAt(left.Count - 1);
            }
        }

        return count;
    }
}
