using SeqServe.Core.Backends;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks;

/// <summary>
/// First runs of a generating model, so that no request pays for what happens once. The last id of the vocabulary and the longest input and output are among
/// them: a tokenizer that does not fit the graph, or a limit beyond its positions, shows itself now.
/// </summary>
internal static class DecodingWarmUp
{
    /// <exception cref="BackendException">A run failed.</exception>
    public static void Run(ITranslatorBackend backend, ModelManifest manifest)
    {
        using var rows = backend.NewRows();
        Encode(rows, [[backend.VocabularySize - 1], new int[manifest.Limits.MaxInputTokens]]);
        // Only a cache has positions that can run out.
        var steps = manifest.Wiring!.Caches.Count > 0 ? manifest.Limits.MaxOutputTokens!.Value : 1;
        for (var i = 0; i < steps; i++)
            rows.RunStep([manifest.Tokenizer!.BeginId!.Value, backend.VocabularySize - 1]);
    }

    /// <exception cref="BackendException">A run failed.</exception>
    public static void Run(ILanguageModelBackend backend, ModelManifest manifest)
    {
        using var rows = backend.NewRows();
        rows.Begin([]);
        Read(rows, [new int[manifest.Limits.MaxInputTokens]]);
        Read(rows, [new int[manifest.Limits.MaxOutputTokens!.Value]]);
        rows.RemoveAt(0);
        rows.Begin([]);
        rows.RunStep([backend.VocabularySize - 1]);
        if (!backend.CanScore)
            return;
        using var batch = Padded([[manifest.Tokenizer!.BeginId!.Value, backend.VocabularySize - 1]]);
        Span<float> score = stackalloc float[1];
        backend.Score(batch, score);
    }

    /// <summary>Encodes rows of a test.</summary>
    public static void Encode(ITranslatorRows rows, int[][] sources)
    {
        using var batch = Padded(sources);
        rows.Encode(batch);
    }

    /// <summary>Lets the rows of a test read.</summary>
    public static void Read(ILanguageModelRows rows, int[][] tokens)
    {
        using var batch = Padded(tokens);
        rows.Read(batch);
    }

    private static PaddedBatch Padded(int[][] rows)
    {
        var batch = new PaddedBatch(rows.Length, rows.Max(row => row.Length), padId: 0);
        for (var i = 0; i < rows.Length; i++)
            batch.SetRow(i, rows[i]);
        return batch;
    }
}
