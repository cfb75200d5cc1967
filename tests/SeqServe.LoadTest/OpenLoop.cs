using System.Diagnostics;

namespace SeqServe.LoadTest;

/// <summary>
/// Requests at a given mean rate with exponential gaps, sent whether or not earlier ones are answered. Latency counts from the moment a request was due,
/// so a server that stalls is charged for every request that its stall delayed (no coordinated omission).
/// </summary>
internal static class OpenLoop
{
    // The same arrivals for every server and every run.
    private const int Seed = 20_261;

    public static async Task RunAsync(Sender sender, Recorder recorder, double rate, CancellationToken stop)
    {
        var random = new Random(Seed);
        var pending = new List<Task>();
        var due = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            due += (long)(-Math.Log(1 - random.NextDouble()) / rate * Stopwatch.Frequency);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            // A timer is good for a millisecond; arrivals that are nearer than that go out together.
            if (wait > TimeSpan.FromMilliseconds(1))
                await Task.Delay(wait, TimeProvider.System, CancellationToken.None);
            pending.Add(SendAsync(sender, recorder, due, stop));
            if (pending.Count > 10_000)
                pending.RemoveAll(task => task.IsCompleted);
        }

        await Task.WhenAll(pending);
    }

    private static async Task SendAsync(Sender sender, Recorder recorder, long dueAt, CancellationToken stop)
    {
        try
        {
            recorder.Add(await sender.SendAsync(stop), dueAt);
        }
        catch (OperationCanceledException)
        {
            // The turn is over; what is still on its way is not counted.
        }
    }
}
