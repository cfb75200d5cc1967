using System.Globalization;

namespace SeqServe.Attack.Server;

/// <summary>Follows the resident memory of a process, as Linux counts it.</summary>
/// <param name="pid">Gives the process's id at each look: a server that died is started again.</param>
internal sealed class MemoryWatch(Func<int?> pid) : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private double _highest;
    private Task _watching = Task.CompletedTask;

    /// <summary>The highest so far, in MiB.</summary>
    public double Highest => Volatile.Read(ref _highest);

    /// <summary>Begins.</summary>
    public MemoryWatch Start()
    {
        _watching = WatchAsync();
        return this;
    }

    /// <summary>Resident memory of a process in MiB, or null where it cannot be read.</summary>
    public static double? Read(int? pid)
    {
        if (pid is null)
            return null;
        try
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"))
                .FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? null : double.Parse(line.AsSpan(6).TrimEnd("kB \t"), NumberStyles.Float, CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(s_interval, TimeProvider.System);
        try
        {
            do
                Volatile.Write(ref _highest, Math.Max(_highest, Read(pid()) ?? 0));
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
    }
}
