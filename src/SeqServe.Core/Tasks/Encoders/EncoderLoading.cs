using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>What the load of an encoder has opened.</summary>
/// <param name="Tokenizer">Turns texts into ids.</param>
/// <param name="Backend">The graph.</param>
/// <param name="Batcher">The queue in front of it.</param>
/// <param name="Independence">What a row's answer depends on.</param>
/// <param name="Graphs">The graph for callers that bring tensors.</param>
/// <param name="GraphFile">Its file.</param>
internal sealed record OpenedEncoder(
    ITextTokenizer Tokenizer,
    IEncoderBackend Backend,
    DynamicBatcher<EncoderRow> Batcher,
    RowIndependence Independence,
    TensorGraphs Graphs,
    string GraphFile);

/// <summary>Opens a model that reads whole texts at once: graph, tokenizer, warm-up, probe, batcher.</summary>
/// <param name="load">The version.</param>
internal sealed partial class EncoderLoading(ModelLoad load)
{
    private const string WarmUpText = "A first text, so that no request pays for what happens once: ça y est.";

    /// <summary>Opens it.</summary>
    /// <param name="check">Refuses a graph whose outputs do not fit the rest of the model.</param>
    /// <param name="output">What a row keeps of what the graph gives for it.</param>
    /// <exception cref="ModelLoadException">It cannot be served; the message is the reason.</exception>
    public OpenedEncoder Open(Action<IEncoderBackend> check, RowOutput output)
    {
        var manifest = load.Manifest;
        var tokenizer = load.OpenTokenizer();
        var graphs = load.Graphs();
        var backend = load.Open<IEncoderBackend>(graphs);
        load.Metrics.Sessions = backend.Sessions;
        check(backend);
        var independence = load.Runs.Bounded("The warm-up", () => WarmUpAndProbe(backend, tokenizer));
        var batcher = load.Opened.Add(new DynamicBatcher<EncoderRow>(
            manifest.Batching.Apply(independence),
            new EncoderRunner(backend, load.Manifest.Tokenizer!.PadId, output),
            load.Runs,
            load.Metrics,
            load.Services.Time,
            load.Logger<DynamicBatcher<EncoderRow>>()));
        var tensors = backend.Graph is { } graph
            ? TensorGraphFactory.OfTextModel(
                load,
                backend.Contract ?? graphs.Contract,
                new Dictionary<string, ITensorBackend> { [GraphContract.ModelRole] = graph },
                tokenizer.VocabularySize,
                independence != RowIndependence.None)
            : TensorGraphs.None;
        return new OpenedEncoder(tokenizer, backend, batcher, independence, tensors, graphs.MainFile);
    }

    private RowIndependence Probe(IEncoderBackend backend, ITextTokenizer tokenizer)
    {
        float[] FirstRow(PaddedBatch batch)
        {
            var each = backend.SizeOfRow(batch.Time);
            var output = new float[batch.Rows * each];
            backend.Run(batch, output);
            // What the graph computes for the padding is nobody's answer.
            return output[..(backend.IsPerToken ? (int)batch.Lengths.Span[0] * backend.Width : each)];
        }

        var manifest = load.Manifest;
        // What an operator computes over all rows may be too small to show among the texts of a probe.
        var independence = backend.Graph?.MixesRows is null
            ? RowIndependenceProbe.Measure(
                FirstRow, tokenizer.VocabularySize, 1, manifest.Limits.MaxInputTokens, load.Manifest.Tokenizer!.PadId, backend.Tolerance)
            : RowIndependence.None;
        // A difference that padding makes may be too small to show as well.
        if (independence == RowIndependence.Full && !backend.KnowsPadding)
            independence = RowIndependence.EqualLengths;
        if (independence != RowIndependence.Full)
            RowsDepend(load.Logger<EncoderLoading>(), manifest.Name,
                independence == RowIndependence.None ? "runs each alone" : "batches rows of equal length only");
        return independence;
    }

    // The first run of a session allocates and packs; done here, no request pays for it. The last id of the vocabulary and the longest text are
    // among the rows: a tokenizer that does not fit the graph, or a limit beyond its positions, then fails now and not in a batch of requests.
    private RowIndependence WarmUpAndProbe(IEncoderBackend backend, ITextTokenizer tokenizer)
    {
        var manifest = load.Manifest;
        try
        {
            tokenizer.Encode(WarmUpText, manifest.Limits.MaxInputTokens);
            Run(backend, [0], [tokenizer.VocabularySize - 1]);
            Run(backend, new int[manifest.Limits.MaxInputTokens]);
            return Probe(backend, tokenizer);
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(
                $"The graph fails in warm-up. Check that its embedding holds the tokenizer's {tokenizer.VocabularySize} ids and that it takes "
                + $"{manifest.Limits.MaxInputTokens} tokens. {e.Message}",
                e);
        }
    }

    private static void Run(IEncoderBackend backend, params int[][] rows)
    {
        using var batch = PaddedBatch.Of(rows.Length, rows, static (rows, i) => rows[i], padId: 0);
        backend.Run(batch, new float[rows.Length * backend.SizeOfRow(batch.Time)]);
    }

    [LoggerMessage(
        EventIds.RowsDepend, LogLevel.Warning,
        "Model {Model}: a row's answer depends on its padding or its neighbours; the server {Consequence}. "
        + "Export it with masks made from lengths and without dynamic quantization")]
    private static partial void RowsDepend(ILogger logger, string model, string consequence);
}
