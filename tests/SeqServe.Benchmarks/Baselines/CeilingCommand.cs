using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Onnx;

namespace SeqServe.Benchmarks.Baselines;

/// <summary>
/// What the hardware gives when nothing has to be served: all texts are known, sorted by length, cut into batches of one size, run by as many loops as there
/// are cores; tokenization included, no HTTP. Every batch size is tried; the best is the ceiling.
/// </summary>
internal static class CeilingCommand
{
    private static readonly int[] s_batchSizes = [1, 2, 4, 8, 16, 32, 64];

    public static int Run(Arguments arguments)
    {
        var model = BaselineModel.Open(arguments);
        var texts = File.ReadLines(arguments.Text("--texts")).Select(line => line.Split('\t')[^1]).Where(text => text.Length > 0).ToList();
        var threads = arguments.Number("--threads", Environment.ProcessorCount);
        var rounds = arguments.Number("--rounds", 3);
        using var services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(new OnnxOptions { Threads = threads }).BuildServiceProvider();
        using var backend = services.GetRequiredService<IBackendFactory>().Open<IEncoderBackend>(new GraphSet(ClassifierContract.Default, model.Graph));

        Console.WriteLine($"{texts.Count} texts, {threads} loops of one thread, median of {rounds} rounds\n");
        Console.WriteLine("| batch size | texts/s | CPU ms per text |");
        Console.WriteLine("|---|---|---|");
        Pass(model, backend, texts, threads, 8);
        foreach (var size in s_batchSizes)
        {
            var passes = Enumerable.Range(0, rounds).Select(_ => Pass(model, backend, texts, threads, size)).OrderBy(p => p.Wall).ToList();
            var (wall, cpu) = passes[rounds / 2];
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {size} | {texts.Count / wall.TotalSeconds:0} | {cpu.TotalMilliseconds / texts.Count:0.000} |"));
        }

        return 0;
    }

    private static (TimeSpan Wall, TimeSpan Cpu) Pass(BaselineModel model, IEncoderBackend backend, List<string> texts, int threads, int size)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        var ids = new int[texts.Count][];
        Parallel.For(0, texts.Count, parallel, i => ids[i] = model.Tokenizer.Encode(texts[i], model.MaxTokens).Ids);
        var batches = ids.Where(row => row.Length > 0).OrderBy(row => row.Length).Chunk(size).ToList();
        Parallel.ForEach(batches, parallel, rows => RunBatch(backend, rows));
        process.Refresh();
        return (Stopwatch.GetElapsedTime(started), process.TotalProcessorTime - cpu);
    }

    private static void RunBatch(IEncoderBackend backend, int[][] rows)
    {
        using var batch = new PaddedBatch(rows.Length, rows[^1].Length, padId: 0);
        for (var i = 0; i < rows.Length; i++)
            batch.SetRow(i, rows[i]);
        backend.Run(batch, new float[rows.Length * backend.Width]);
    }
}
