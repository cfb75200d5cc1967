using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Models;
using SeqServe.Core.Models.Manifests;
using SeqServe.Onnx;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks.Sessions;

/// <summary>
/// What a latency session gives and costs: the time of a lone run on it over that on the throughput session, with a pause before each as between requests, the
/// CPU time of both, and the resident memory of further sessions over weights in common.
/// </summary>
internal static class SessionsCommand
{
    private const int MoreSessions = 8;
    private const int BlockRuns = 24;
    private const int WarmRuns = 4;
    private static readonly ManualResetEventSlim s_never = new(false, spinCount: 0);
    private static readonly int[] s_lengths = [8, 24, 96, 256];

    public static int Run(Arguments arguments)
    {
        var rounds = arguments.Number("--rounds", 6);
        var pause = TimeSpan.FromMilliseconds(arguments.Number("--pause-ms", 2));
        var wanted = arguments.Text("--model", "");
        var models = new FileModelRepository(arguments.Text("--models", RepositoryRoot.Models)).Scan().Where(m => m.Manifest?.Task == ModelTask.Classification && m.Fault is null && (wanted.Length == 0 || m.Name == wanted));
        using var services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(new OnnxOptions()).BuildServiceProvider();
        var factory = services.GetRequiredService<IBackendFactory>();
        Console.WriteLine("| model | tokens | ms, throughput | ms, latency | ratio | CPU ms, throughput | CPU ms, latency |\n|---|---|---|---|---|---|---|");
        var memory = new List<string>();
        foreach (var model in models)
        {
            var file = model.Resolve(model.Versions[^1], model.Manifest!.Graphs["model"]);
            memory.Add(Memory(model.Name, file, services));
            using var backend = factory.OpenClassifier(file, model.Manifest.Instances);
            backend.TryOpenLatencySession();
            foreach (var length in s_lengths.Where(l => l <= model.Manifest.Limits.MaxInputTokens))
                Console.WriteLine(Times(model.Name, backend, length, rounds, pause));
        }

        Console.WriteLine("\n| model | file, kB | first session, kB | over weights in common, kB | each further session, kB | share of the file |\n|---|---|---|---|---|---|");
        memory.ForEach(Console.WriteLine);
        return 0;
    }

    private static string Times(string name, IClassifierBackend backend, int length, int rounds, TimeSpan pause)
    {
        using var batch = new PaddedBatch(1, length, padId: 0);
        batch.SetRow(0, [.. Enumerable.Range(0, length).Select(t => 4 + (t * 104_729 % 2900))]);
        var logits = new float[backend.Classes];
        var (plain, latency) = (new List<double>(), new List<double>());
        var (plainCpu, latencyCpu) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        {
            Block(() => backend.Run(batch, logits), pause, plain, ref plainCpu);
            Block(() => backend.RunOnLatencySession(batch, logits), pause, latency, ref latencyCpu);
        }

        rounds *= BlockRuns - WarmRuns;
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {length} | {Median(plain):0.000} | {Median(latency):0.000} | {Median(latency) / Median(plain):0.00} | {plainCpu.TotalMilliseconds / rounds:0.000} | {latencyCpu.TotalMilliseconds / rounds:0.000} |");
    }

    // Several of a kind in a row: the first ones only bring the weights into the caches of the cores that run them.
    private static void Block(Action run, TimeSpan pause, List<double> times, ref TimeSpan cpu)
    {
        for (var i = 0; i < BlockRuns; i++)
        {
            var (ms, spent) = Time(run, pause);
            if (i < WarmRuns)
                continue;
            times.Add(ms);
            cpu += spent;
        }
    }

    private static (double Ms, TimeSpan Cpu) Time(Action run, TimeSpan pause)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        run();
        var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        // What spins on after the run is part of its cost.
        s_never.Wait(pause);
        return (ms, Environment.CpuUsage.TotalTime - cpu);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Memory(string name, string file, ServiceProvider services)
    {
        OnnxEnvironmentOf(services);
        var before = Resident();
        using (new InferenceSession(file, Options(1)))
        {
            var first = Resident() - before;
            using var optimizing = Options(1);
            using var graph = SharedGraph.Optimize(optimizing, o => new InferenceSession(file, o).Dispose());
            var open = new List<InferenceSession>();
            var plain = Resident();
            using (var options = Options(1))
                open.Add(Open(graph, options));
            var shared = Resident() - plain;
            var one = Resident();
            for (var i = 0; i < MoreSessions; i++)
            {
                using var options = Options(Environment.ProcessorCount);
                open.Add(Open(graph, options));
            }

            var each = (Resident() - one) / MoreSessions;
            open.ForEach(session => session.Dispose());
            var size = new FileInfo(file).Length / 1000;
            return string.Create(CultureInfo.InvariantCulture, $"| {name} | {size} | {first} | {shared} | {each} | {(double)each / size:0.00} |");
        }
    }

    private static InferenceSession Open(SharedGraph graph, SessionOptions options)
    {
        graph.AddTo(options);
        return new InferenceSession(graph.File, options, graph.Packed);
    }

    private static void OnnxEnvironmentOf(ServiceProvider services) => _ = services.GetRequiredService<IBackendFactory>().Runtime;

    private static SessionOptions Options(int threads)
    {
        var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    private static long Resident()
    {
        NativeHeap.Trim();
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
