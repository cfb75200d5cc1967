using System.Diagnostics;

namespace SeqServe.LoadTest;

/// <summary>
/// Requests at a given mean rate with exponential gaps, whether or not earlier ones are answered. Latency counts from the moment a request was due,
/// so a server that stalls is charged for every request that its stall delayed (no coordinated omission); also where all connections are taken and a
/// request is sent late.
/// </summary>
internal static class OpenLoop
{
    // The same arrivals for every server and every run.
    private const int Seed = 20_261;

    // Arrivals that are nearer than this go out together: a sleep for each would cost as much as its request.
    private static readonly TimeSpan s_shortestSleep = TimeSpan.FromMicroseconds(500);

    public static Task RunAsync(Sender sender, Recorder recorder, double rate, int connections, CancellationToken stop)
    {
        var pool = new ConnectionPool(sender, recorder, connections);
        // A thread of its own: a timer of the thread pool is good for a millisecond or two, and waits behind whatever else the pool does.
        var schedule = new Thread(() => Send(pool, rate, stop)) { Name = "schedule", IsBackground = true };
        schedule.Start();
        return Task.Run(
            async () =>
            {
                schedule.Join();
                await pool.EndAsync();
            },
            CancellationToken.None);
    }

    private static void Send(ConnectionPool pool, double rate, CancellationToken stop)
    {
        var random = new Random(Seed);
        var due = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            due += (long)(-Math.Log(1 - random.NextDouble()) / rate * Stopwatch.Frequency);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.Zero)
                Nap.For(wait > s_shortestSleep ? wait : s_shortestSleep, stop);
            pool.Send(due);
        }
    }
}
