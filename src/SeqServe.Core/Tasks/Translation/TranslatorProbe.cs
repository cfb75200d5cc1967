using SeqServe.Core.Backends;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>First runs of a translator.</summary>
internal static class TranslatorProbe
{
    /// <summary>
    /// Warms up, so that no request pays for what happens once. The last id of the vocabulary and the longest input and output are among the rows: a tokenizer
    /// that does not fit the graph, or a limit beyond its positions, fails now.
    /// </summary>
    /// <exception cref="BackendException">A run failed.</exception>
    public static void WarmUp(ITranslatorBackend backend, ModelManifest manifest)
    {
        using var rows = backend.NewRows();
        Encode(rows, [backend.VocabularySize - 1], new int[manifest.Limits.MaxInputTokens]);
        // Only a cache has positions that can run out.
        var steps = manifest.Wiring!.Caches.Count > 0 ? manifest.Limits.MaxOutputTokens!.Value : 1;
        for (var i = 0; i < steps; i++)
            rows.RunStep([manifest.Tokenizer!.BeginId!.Value, backend.VocabularySize - 1]);
    }

    /// <summary>Whether a row's logits do not depend on other rows.</summary>
    /// <exception cref="BackendException">A run failed.</exception>
    public static bool IsIndependent(ITranslatorBackend backend, int maxTokens, int beginId)
    {
        float[] Logits(int row, int[][] sources)
        {
            using var rows = backend.NewRows();
            Encode(rows, sources);
            return DecodingProbe.TwoSteps(rows, row, beginId);
        }

        return DecodingProbe.IsIndependent(DecodingProbe.Sequences(backend.VocabularySize, maxTokens), Logits, backend.Tolerance);
    }

    private static void Encode(ITranslatorRows rows, params int[][] sources)
    {
        using var batch = DecodingProbe.Padded(sources);
        rows.Encode(batch);
    }
}
