using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SeqServe.Core.Files;

namespace SeqServe.Core.Batching.Plans;

/// <summary>All that a plan depends on: graph, machine, runtime and limits.</summary>
internal static class PlanKey
{
    private const string CpuFile = "/proc/cpuinfo";
    private const string CpuLine = "model name";

    private static readonly Lazy<string> s_cpu = new(ReadCpu);

    /// <summary>A key that can be a file name.</summary>
    /// <param name="graphFile">The graph; its content counts.</param>
    /// <param name="runtime">Inference runtime and version.</param>
    /// <param name="limits">What a batch may hold.</param>
    /// <param name="threads">CPU threads of one run.</param>
    /// <param name="latencyThreads">CPU threads of a run on the latency session.</param>
    /// <exception cref="IOException">The graph cannot be read.</exception>
    public static string Of(string graphFile, string runtime, BatchLimits limits, int threads, int latencyThreads)
    {
        using var graph = RegularFile.Open(graphFile);
        var hash = Convert.ToHexString(SHA256.HashData(graph));
        var text = $"{hash}|{runtime}|{s_cpu.Value}|{limits.MaxBatchSize}|{limits.MaxBatchTokens}|{threads}|{latencyThreads}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string ReadCpu()
    {
        var lines = File.Exists(CpuFile) ? File.ReadLines(CpuFile) : [];
        var name = lines.FirstOrDefault(line => line.StartsWith(CpuLine, StringComparison.Ordinal));
        return $"{RuntimeInformation.ProcessArchitecture}|{name}|{Environment.ProcessorCount}";
    }
}
