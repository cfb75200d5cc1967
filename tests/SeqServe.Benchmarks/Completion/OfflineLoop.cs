using System.Numerics.Tensors;

namespace SeqServe.Benchmarks.Completion;

/// <summary>
/// What the hardware gives when nothing has to be served: all prompts are known, every row takes the best token but the end, no text is made.
/// </summary>
internal static class OfflineLoop
{
    /// <summary>One pass: each prompt read, then so many tokens for each.</summary>
    public static void Run(OfflineModel model, IReadOnlyList<int[]> prompts, int tokens)
    {
        using var rows = model.Read(prompts);
        var next = new int[prompts.Count];
        for (var step = 0; step < tokens; step++)
        {
            if (step > 0)
                rows.RunStep(next);
            for (var row = 0; row < next.Length; row++)
                next[row] = Best(rows.Logits(row), model.EndId);
        }
    }

    private static int Best(ReadOnlySpan<float> logits, int end)
    {
        var best = TensorPrimitives.IndexOfMax(logits);
        if (best != end)
            return best;
        var before = TensorPrimitives.IndexOfMax(logits[..end]);
        var behind = end + 1 + TensorPrimitives.IndexOfMax(logits[(end + 1)..]);
        return logits[before] >= logits[behind] ? before : behind;
    }
}
