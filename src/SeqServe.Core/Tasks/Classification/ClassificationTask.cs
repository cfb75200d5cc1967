using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>One label for a text.</summary>
public sealed partial class ClassificationTask : ModelTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "classification";

    private const string LabelsKey = "labels";
    private const string WarmUpText = "A first text, so that no request pays for what happens once: ça y est.";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => ClassifierContract.Default;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [LabelsKey];

    /// <inheritdoc/>
    public override GoldenAnswers Golden { get; } = new("label", "score", (model, text) => SequenceClassifier.AnswerGolden((ServedClassifier)model, text));

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root) => new ClassificationSection(root.FileName(LabelsKey, required: true) ?? "");

    /// <inheritdoc/>
    public override IEnumerable<Action> FileChecks(ModelLoad load) => [() => LabelsFile.Read(load), .. base.FileChecks(load)];

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var manifest = load.Manifest;
        var labels = LabelsFile.Read(load);
        var tokenizer = load.OpenTokenizer();
        var graphs = load.Graphs();
        var backend = load.Open<IClassifierBackend>(graphs);
        load.Metrics.Sessions = backend.Sessions;
        if (backend.Classes != labels.Count)
            throw new ModelLoadException(
                $"{LabelsFile.NameOf(load)} holds {labels.Count} labels, the graph computes {backend.Classes} classes; they must be equal.");
        var independence = load.Runs.Bounded("The warm-up", () => WarmUpAndProbe(load, backend, tokenizer));

        var services = load.Services;
        var runner = new ClassifierRunner(backend, manifest.Tokenizer!.PadId);
        var batcher = load.Opened.Add(new DynamicBatcher<ClassificationRow>(
            manifest.Batching.Apply(independence), runner, load.Runs, load.Metrics, services.Time, load.Logger<DynamicBatcher<ClassificationRow>>()));
        var served = new ServedClassifier(load, tokenizer, labels, backend, batcher)
        {
            Independence = independence,
            Graphs = backend.Graph is { } tensors
                ? TensorGraphFactory.OfTextModel(
                    load,
                    graphs.Contract,
                    new Dictionary<string, ITensorBackend> { [GraphContract.ModelRole] = tensors },
                    tokenizer.VocabularySize,
                    independence != RowIndependence.None)
                : TensorGraphs.None,
        };
        new ClassifierPlanner(load).Plan(served, backend, graphs.MainFile);
        return served;
    }

    private static RowIndependence Probe(ModelLoad load, IClassifierBackend backend, int vocabularySize)
    {
        float[] FirstRow(PaddedBatch batch)
        {
            var logits = new float[batch.Rows * backend.Classes];
            backend.Run(batch, logits);
            return logits[..backend.Classes];
        }

        var manifest = load.Manifest;
        // What an operator computes over all rows may be too small to show among the texts of a probe.
        var independence = backend.Graph?.MixesRows is null
            ? RowIndependenceProbe.Measure(FirstRow, vocabularySize, 1, manifest.Limits.MaxInputTokens, manifest.Tokenizer!.PadId)
            : RowIndependence.None;
        if (independence != RowIndependence.Full)
            RowsDepend(load.Logger<ClassificationTask>(), manifest.Name,
                independence == RowIndependence.None ? "runs each alone" : "batches rows of equal length only");
        return independence;
    }

    // The first run of a session allocates and packs; done here, no request pays for it. The last id of the vocabulary and the longest text are
    // among the rows: a tokenizer that does not fit the graph, or a limit beyond its positions, then fails now and not in a batch of requests.
    private static RowIndependence WarmUpAndProbe(ModelLoad load, IClassifierBackend backend, ITextTokenizer tokenizer)
    {
        var manifest = load.Manifest;
        try
        {
            tokenizer.Encode(WarmUpText, manifest.Limits.MaxInputTokens);
            var logits = new float[2 * backend.Classes];
            Run(backend, logits, [0], [tokenizer.VocabularySize - 1]);
            Run(backend, logits, new int[manifest.Limits.MaxInputTokens]);
            return Probe(load, backend, tokenizer.VocabularySize);
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(
                $"The graph fails in warm-up. Check that its embedding holds the tokenizer's {tokenizer.VocabularySize} ids and that it takes "
                + $"{manifest.Limits.MaxInputTokens} tokens. {e.Message}",
                e);
        }
    }

    private static void Run(IClassifierBackend backend, float[] logits, params int[][] rows)
    {
        using var batch = PaddedBatch.Of(rows.Length, rows, static (rows, i) => rows[i], padId: 0);
        backend.Run(batch, logits.AsSpan(0, rows.Length * backend.Classes));
    }

    [LoggerMessage(
        EventIds.RowsDepend, LogLevel.Warning,
        "Model {Model}: a row's answer depends on its padding or its neighbours; the server {Consequence}. "
        + "Export it with masks made from lengths and without dynamic quantization")]
    private static partial void RowsDepend(ILogger logger, string model, string consequence);
}

/// <summary>What the manifest of a classifier says of its task.</summary>
/// <param name="LabelsFile">File of the class labels, one a line.</param>
public sealed record ClassificationSection(string LabelsFile) : TaskSection;
