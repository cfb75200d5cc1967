using System.Diagnostics;

namespace SeqServe.LoadTest;

/// <summary>CPU time a process has used so far, all threads, user and system.</summary>
internal static class ProcessCpu
{
    public static TimeSpan? Read(int? pid)
    {
        if (pid is not { } id)
            return null;
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }
}
