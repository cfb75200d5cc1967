using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Onnx;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks.Sessions;

/// <summary>
/// What a latency session gives and costs: the time of a lone run on it over that on the throughput session, with a pause before each as between requests, the
/// CPU time of both, and the resident memory of further sessions over weights in common.
/// </summary>
internal static class SessionsCommand
{
    private static readonly int[] s_lengths = [8, 24, 96, 256];

    public static int Run(Arguments arguments)
    {
        var rounds = arguments.Number("--rounds", 6);
        var pause = TimeSpan.FromMilliseconds(arguments.Number("--pause-ms", 2));
        var wanted = arguments.Text("--model", "");
        var models = ShippedTasks.Open(arguments.Text("--models", RepositoryRoot.Models)).Scan()
            .Where(m => m.Manifest?.Task == ClassificationTask.TaskName && m.Fault is null && (wanted.Length == 0 || m.Name == wanted));
        using var services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(new OnnxOptions()).BuildServiceProvider();
        var factory = services.GetRequiredService<IBackendFactory>();
        Console.WriteLine("| model | tokens | ms, throughput | ms, latency | ratio | CPU ms, throughput | CPU ms, latency |\n|---|---|---|---|---|---|---|");
        // The environment comes with the first look at it, its telemetry off.
        _ = factory.Runtime;
        var memory = new List<string>();
        foreach (var model in models)
        {
            var file = model.Resolve(model.Versions[^1], model.Manifest!.Graphs["model"]);
            memory.Add(SessionMemory.Measure(model.Name, file));
            using var backend = factory.Open<IEncoderBackend>(new GraphSet(ClassifierContract.Default, file) { Instances = model.Manifest.Instances });
            backend.TryOpenLatencySession();
            foreach (var length in s_lengths.Where(l => l <= model.Manifest.Limits.MaxInputTokens))
                Console.WriteLine(LoneRuns.Measure(model.Name, backend, length, rounds, pause));
        }

        Console.WriteLine(
            "\n| model | file, kB | first session, kB | over weights in common, kB | each further session, kB | share of the file |\n"
            + "|---|---|---|---|---|---|");
        memory.ForEach(Console.WriteLine);
        return 0;
    }
}
