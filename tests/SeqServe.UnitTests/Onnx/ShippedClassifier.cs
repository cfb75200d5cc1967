using SeqServe.Core.Backends;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx;

/// <summary>A shipped model's graph through the real backend.</summary>
internal sealed class ShippedClassifier : IDisposable
{
    private readonly IEncoderBackend _backend;

    /// <param name="name">The model.</param>
    /// <param name="version">Its version; without one, that which is served.</param>
    public ShippedClassifier(string name, int? version = null)
    {
        var folder = RepositoryRoot.Model(name);
        Manifest = ShippedTasks.Manifests.Read(File.ReadAllBytes(Path.Combine(folder, "model.json")), name);
        version ??= Manifest.VersionPolicy.Select(ShippedModelNames.VersionsOf(name))[^1];
        _backend = OnnxBackends.OpenClassifier(Path.Combine(folder, $"{version}", Manifest.Graphs["model"]), Manifest.Instances);
        var tokenizer = Manifest.Tokenizer!;
        Vocabulary = SentencePieceBpeTokenizer.Open(File.ReadAllBytes(Path.Combine(folder, tokenizer.File)), tokenizer.File, tokenizer.Normalization, default)
            .VocabularySize;
    }

    public ModelManifest Manifest { get; }

    public int Vocabulary { get; }

    /// <summary>Runs rows as one batch, padded to <paramref name="time"/> with any id.</summary>
    public float[][] Run(IReadOnlyList<int[]> rows, int time, int padId)
    {
        using var batch = new PaddedBatch(rows.Count, time, padId);
        for (var i = 0; i < rows.Count; i++)
            batch.SetRow(i, rows[i]);
        var logits = new float[rows.Count * _backend.Width];
        _backend.Run(batch, logits);
        return [.. logits.Chunk(_backend.Width)];
    }

    public void Dispose() => _backend.Dispose();
}
