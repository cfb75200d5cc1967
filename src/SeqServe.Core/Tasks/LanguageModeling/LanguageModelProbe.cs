using SeqServe.Core.Backends;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>First runs of a language model.</summary>
internal static class LanguageModelProbe
{
    /// <summary>
    /// Warms up, so that no request pays for what happens once. The last id of the vocabulary and the longest prompt and answer are among the rows: a tokenizer
    /// that does not fit the graph, or a limit beyond its positions, fails now.
    /// </summary>
    /// <exception cref="BackendException">A run failed.</exception>
    public static void WarmUp(ILanguageModelBackend backend, ModelManifest manifest)
    {
        using var rows = backend.NewRows();
        rows.Begin([]);
        Read(rows, new int[manifest.Limits.MaxInputTokens]);
        Read(rows, new int[manifest.Limits.MaxContextTokens - manifest.Limits.MaxInputTokens]);
        rows.RemoveAt(0);
        rows.Begin([]);
        rows.RunStep([backend.VocabularySize - 1]);
        if (!backend.CanScore)
            return;
        using var batch = DecodingProbe.Padded([manifest.Tokenizer!.BeginId ?? 0, backend.VocabularySize - 1]);
        Span<float> score = stackalloc float[1];
        backend.Score(batch, score);
    }

    /// <summary>Whether a row's logits do not depend on other rows.</summary>
    /// <exception cref="BackendException">A run failed.</exception>
    public static bool IsIndependent(ILanguageModelBackend backend, int maxTokens)
    {
        float[] Logits(int row, int[][] prompts)
        {
            using var rows = backend.NewRows();
            foreach (var _ in prompts)
                rows.Begin([]);
            Read(rows, prompts);
            float[] behindPrompt = [.. rows.Logits(row)];
            return [.. behindPrompt, .. DecodingProbe.TwoSteps(rows, row, prompts[row][0])];
        }

        return DecodingProbe.IsIndependent(DecodingProbe.Sequences(backend.VocabularySize, maxTokens), Logits, backend.Tolerance);
    }

    /// <summary>What a text's log-probabilities depend on beside the text.</summary>
    /// <param name="backend">A model that can score.</param>
    /// <param name="maxTokens">Most tokens of a text.</param>
    /// <param name="padId">The id that fills the tail of shorter rows.</param>
    /// <exception cref="BackendException">A run failed.</exception>
    public static RowIndependence MeasureScoring(ILanguageModelBackend backend, int maxTokens, int padId)
    {
        float[] FirstRow(PaddedBatch batch)
        {
            var scores = new float[batch.Rows * (batch.Time - 1)];
            backend.Score(batch, scores);
            // Behind the row's own end is padding.
            return scores[..(int)(batch.Lengths.Span[0] - 1)];
        }

        return RowIndependenceProbe.Measure(FirstRow, backend.VocabularySize, minTokens: 2, maxTokens, padId, backend.Tolerance);
    }

    private static void Read(ILanguageModelRows rows, params int[][] tokens)
    {
        using var batch = DecodingProbe.Padded(tokens);
        rows.Read(batch);
    }
}
