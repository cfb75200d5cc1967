using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Benchmarks.Sessions;

/// <summary>Resident memory of sessions: the first one, one over weights in common, and each further one over them.</summary>
internal static class SessionMemory
{
    private const int MoreSessions = 8;

    public static string Measure(string name, string file)
    {
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
