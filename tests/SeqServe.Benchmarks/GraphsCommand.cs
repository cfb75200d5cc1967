using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Onnx;

namespace SeqServe.Benchmarks;

/// <summary>
/// Times graphs of one classifier against the first of them, on one thread. They take turns, each warmed by runs of its own before one is timed, since a
/// graph that has just been served finds its weights in the cache; the median of the rounds is printed.
/// </summary>
internal static class GraphsCommand
{
    private const int FirstOrdinaryId = 4;
    private const int Ids = 2900;
    private static readonly TimeSpan s_warm = TimeSpan.FromMilliseconds(2);

    public static int Run(Arguments arguments)
    {
        var files = arguments.Text("--graphs").Split(',');
        var rows = arguments.Text("--rows", "1,4,8,16").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var (tokens, rounds) = (arguments.Number("--tokens", 24), arguments.Number("--rounds", 80));
        using var services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(new OnnxOptions()).BuildServiceProvider();
        var factory = services.GetRequiredService<IBackendFactory>();
        var graphs = files.Select(file => factory.Open<IEncoderBackend>(new GraphSet(ClassifierContract.Default, file))).ToArray();
        Console.WriteLine($"| graph | rows | ms | rows/s | over the first |\n|---|---|---|---|---|");
        foreach (var count in rows)
        {
            using var batch = Batch(count, tokens);
            var times = graphs.Select(_ => new double[rounds]).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                for (var graph = 0; graph < graphs.Length; graph++)
                    times[graph][round] = Time(graphs[graph], batch);
            }

            for (var graph = 0; graph < graphs.Length; graph++)
            {
                var (time, ratio) = (Median(times[graph]), Median(times[graph].Zip(times[0], (own, first) => own / first)));
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"| {files[graph]} | {count} | {time:0.000} | {1000 * count / time:0} | {ratio:0.000} |"));
            }
        }

        foreach (var graph in graphs)
            graph.Dispose();
        return 0;
    }

    private static PaddedBatch Batch(int rows, int tokens)
    {
        var batch = new PaddedBatch(rows, tokens, padId: 0);
        for (var row = 0; row < rows; row++)
            batch.SetRow(row, [.. Enumerable.Range(0, tokens).Select(t => FirstOrdinaryId + (((row * 7919) + (t * 104_729)) % Ids))]);
        return batch;
    }

    private static double Time(IEncoderBackend graph, PaddedBatch batch)
    {
        var logits = new float[batch.Rows * graph.Width];
        var began = Stopwatch.GetTimestamp();
        do
            graph.Run(batch, logits);
        while (Stopwatch.GetElapsedTime(began) < s_warm);
        var started = Stopwatch.GetTimestamp();
        graph.Run(batch, logits);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered[ordered.Count / 2];
    }
}
