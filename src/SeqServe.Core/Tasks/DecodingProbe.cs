using SeqServe.Core.Backends;

namespace SeqServe.Core.Tasks;

/// <summary>Finds out at load whether a generating model may be batched: runs one sequence alone and beside a shorter and a longer one, and compares the logits of two steps.</summary>
internal static class DecodingProbe
{
    // As for classifiers: kernels add in another order for another batch.
    private const float Tolerance = 1e-4f;

    private static readonly int[] s_lengths = [5, 1, 14];

    /// <summary>Probes a translator.</summary>
    /// <returns>Whether a row's logits do not depend on other rows.</returns>
    /// <exception cref="BackendException">A run failed.</exception>
    public static bool IsIndependent(ITranslatorBackend backend, int maxTokens, int beginId)
    {
        float[] Logits(int[][] sources)
        {
            using var rows = backend.NewRows();
            DecodingWarmUp.Encode(rows, sources);
            return TwoSteps(rows, beginId);
        }

        var sources = Sequences(backend.VocabularySize, maxTokens);
        return Agrees(Logits([sources[0]]), Logits(sources));
    }

    /// <summary>Probes a language model.</summary>
    /// <returns>Whether a row's logits do not depend on other rows.</returns>
    /// <exception cref="BackendException">A run failed.</exception>
    public static bool IsIndependent(ILanguageModelBackend backend, int maxTokens)
    {
        float[] Logits(int[][] prompts)
        {
            using var rows = backend.NewRows();
            foreach (var _ in prompts)
                rows.Begin([]);
            DecodingWarmUp.Read(rows, prompts);
            float[] behindPrompt = [.. rows.Logits(0)];
            return [.. behindPrompt, .. TwoSteps(rows, prompts[0][0])];
        }

        var prompts = Sequences(backend.VocabularySize, maxTokens);
        return Agrees(Logits([prompts[0]]), Logits(prompts));
    }

    private static float[] TwoSteps(IDecoderRows rows, int token)
    {
        int[] tokens = [.. Enumerable.Repeat(token, rows.Count)];
        rows.RunStep(tokens);
        float[] first = [.. rows.Logits(0)];
        rows.RunStep(tokens);
        return [.. first, .. rows.Logits(0)];
    }

    private static int[][] Sequences(int vocabularySize, int maxTokens) =>
        [.. s_lengths.Select((length, row) => Enumerable.Range(0, Math.Min(length, maxTokens)).Select(i => ((row * 31) + (i * 7) + 5) % vocabularySize).ToArray())];

    // A logit that is not finite agrees with nothing.
    private static bool Agrees(float[] expected, float[] actual) =>
        expected.Length == actual.Length && expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance);
}
