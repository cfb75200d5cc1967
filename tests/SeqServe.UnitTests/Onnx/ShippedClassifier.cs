using SeqServe.Core.Backends;
using SeqServe.Core.Models.Manifests;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx;

/// <summary>A shipped model's newest graph through the real backend.</summary>
internal sealed class ShippedClassifier : IDisposable
{
    private readonly IClassifierBackend _backend;

    public ShippedClassifier(string name)
    {
        var folder = RepositoryRoot.Model(name);
        Manifest = ManifestReader.Read(File.ReadAllBytes(Path.Combine(folder, "model.json")), name);
        var versions = Directory.EnumerateDirectories(folder).Select(d => int.Parse(Path.GetFileName(d), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var version = Manifest.VersionPolicy.Select(versions)[^1];
        _backend = OnnxBackends.Factory().OpenClassifier(Path.Combine(folder, $"{version}", Manifest.Graphs["model"]), Manifest.Instances);
        Vocabulary = SentencePieceModel.Read(File.ReadAllBytes(Path.Combine(folder, Manifest.Tokenizer!.File))).Pieces.Count;
    }

    public ModelManifest Manifest { get; }

    public int Vocabulary { get; }

    /// <summary>Runs rows as one batch, padded to <paramref name="time"/> with any id.</summary>
    public float[][] Run(IReadOnlyList<int[]> rows, int time, int padId)
    {
        using var batch = new PaddedBatch(rows.Count, time, padId);
        for (var i = 0; i < rows.Count; i++)
            batch.SetRow(i, rows[i]);
        var logits = new float[rows.Count * _backend.Classes];
        _backend.Run(batch, logits);
        return [.. logits.Chunk(_backend.Classes)];
    }

    public void Dispose() => _backend.Dispose();
}
