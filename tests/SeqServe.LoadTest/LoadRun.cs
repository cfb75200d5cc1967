using System.Diagnostics;
using System.Globalization;

namespace SeqServe.LoadTest;

/// <summary>One turn: warm-up, measured part, result, with a progress line every second.</summary>
internal static class LoadRun
{
    public static async Task<LoadResult> RunAsync(LoadTarget target, LoadOptions options, TextWriter progress)
    {
        using var sender = new Sender(target.Url, options);
        using var stop = new CancellationTokenSource();
        var recorder = new Recorder();
        var load = options.Rate is { } rate
            ? OpenLoop.RunAsync(sender, recorder, rate, options.Connections, stop.Token)
            : ClosedLoop.RunAsync(sender, recorder, options.Clients, stop.Token);

        await Task.Delay(options.WarmUp, TimeProvider.System);
        recorder.Open();
        var cpu = ProcessCpu.Read(target.Pid);
        var own = ProcessCpu.Read(Environment.ProcessId);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < options.Duration)
        {
            var left = options.Duration - Stopwatch.GetElapsedTime(started);
            await Task.Delay(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), TimeProvider.System);
            sender.GiveUpLost();
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{target.Url} {Stopwatch.GetElapsedTime(started).TotalSeconds:0} of " +
                $"{options.Duration.TotalSeconds:0} s: {recorder.Ok} answered, p99 {recorder.Milliseconds(99):0.0} ms"));
        }

        recorder.Close();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var spent = ProcessCpu.Read(target.Pid) - cpu;
        var ownSpent = ProcessCpu.Read(Environment.ProcessId) - own;
        await stop.CancelAsync();
        // What is still on its way ends without an answer and is not counted.
        sender.Dispose();
        await load;
        return Result(target, recorder, seconds, spent, ownSpent);
    }

    private static LoadResult Result(LoadTarget target, Recorder recorder, double seconds, TimeSpan? cpu, TimeSpan? own) => new()
    {
        Url = target.Url.ToString(),
        Seconds = seconds,
        Ok = recorder.Ok,
        Statuses = recorder.Statuses,
        PerSecond = recorder.Ok / seconds,
        P50 = recorder.Milliseconds(50),
        P90 = recorder.Milliseconds(90),
        P99 = recorder.Milliseconds(99),
        P999 = recorder.Milliseconds(99.9),
        Max = recorder.Milliseconds(100),
        RefusedWithoutRetryAfter = recorder.RefusedWithoutRetryAfter,
        ServerCpuMs = recorder.Ok == 0 ? null : cpu?.TotalMilliseconds / recorder.Ok,
        GeneratorCpuMs = recorder.Requests == 0 ? null : own?.TotalMilliseconds / recorder.Requests,
    };
}
