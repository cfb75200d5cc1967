using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Onnx;

namespace SeqServe.Benchmarks;

/// <summary>The loaded models, their batches and the times measured so far.</summary>
internal sealed class LatencyRuns : IDisposable
{
    private static readonly int[] s_batchSizes = [1, 32];

    private readonly ServiceProvider _services;
    private readonly List<(RepositoryModel Model, IEncoderBackend Backend)> _models = [];
    private readonly Dictionary<(string Model, int Batch), List<double>> _times = [];
    private readonly int _tokens;

    public LatencyRuns(IReadOnlyList<RepositoryModel> models, int tokens)
    {
        _tokens = tokens;
        _services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(new OnnxOptions()).BuildServiceProvider();
        var factory = _services.GetRequiredService<IBackendFactory>();
        foreach (var model in models)
        {
            _models.Add(
                (model, factory.Open<IEncoderBackend>(new GraphSet(ClassifierContract.Default, Graph(model)) { Instances = model.Manifest!.Instances })));
            foreach (var size in s_batchSizes)
                _times[(model.Name, size)] = [];
        }

        // The first runs pack weights and grow the arena.
        Measure();
        Measure();
        foreach (var times in _times.Values)
            times.Clear();
    }

    /// <summary>Times every model once at every batch size.</summary>
    public void Measure()
    {
        foreach (var (model, backend) in _models)
        {
            foreach (var size in s_batchSizes)
                _times[(model.Name, size)].Add(Time(backend, size));
        }
    }

    /// <summary>The table's rows.</summary>
    public IEnumerable<string> Rows()
    {
        foreach (var (model, _) in _models)
        {
            var card = model.Manifest!.Card;
            var (one, many) = (Median(model.Name, 1), Median(model.Name, 32));
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"| `{model.Name}` | {model.Manifest.Architecture} | {Score(card)} | {card.Parameters / 1e6:0.00} M | " +
                $"{new FileInfo(Graph(model)).Length / 1e6:0.0} MB | {one:0.00} | {many:0.0} | {1000 / one:0} | {32_000 / many:0} |");
        }
    }

    public void Dispose()
    {
        _models.ForEach(m => m.Backend.Dispose());
        _services.Dispose();
    }

    // A card names its main score first.
    private static string Score(ModelCard card) =>
        card.Metrics.Count == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{card.Metrics.First().Key.Replace('_', ' ')} {card.Metrics.First().Value:0.0}");

    private static string Graph(RepositoryModel model) => model.Resolve(model.Versions[^1], model.Manifest!.Graphs["model"]);

    private double Time(IEncoderBackend backend, int rows)
    {
        using var batch = new PaddedBatch(rows, _tokens, padId: 0);
        // Ids spread over the vocabulary, of which the smallest of the shipped models has 3,000: neighbouring embeddings would be cached better than those of a
        // real text.
        for (var row = 0; row < rows; row++)
            batch.SetRow(row, [.. Enumerable.Range(0, _tokens).Select(t => 4 + (((row * 7919) + (t * 104_729)) % 2900))]);
        var logits = new float[rows * backend.Width];
        var started = Stopwatch.GetTimestamp();
        backend.Run(batch, logits);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private double Median(string model, int batch)
    {
        var times = _times[(model, batch)].Order().ToList();
        return times[times.Count / 2];
    }
}
