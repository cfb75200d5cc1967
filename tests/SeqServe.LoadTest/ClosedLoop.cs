using System.Diagnostics;

namespace SeqServe.LoadTest;

/// <summary>N clients, each of which sends its next request when the last is answered: finds what a server can do.</summary>
internal static class ClosedLoop
{
    // A server that refuses connections would otherwise keep a core of the generator busy with being refused.
    private static readonly TimeSpan s_pauseWithoutAnswer = TimeSpan.FromMilliseconds(10);

    public static Task RunAsync(Sender sender, Recorder recorder, int clients, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => ClientAsync(sender, recorder, stop), CancellationToken.None)));

    private static async Task ClientAsync(Sender sender, Recorder recorder, CancellationToken stop)
    {
        var connection = sender.Connect();
        while (!stop.IsCancellationRequested)
        {
            var sentAt = Stopwatch.GetTimestamp();
            var status = await sender.SendAsync(connection);
            recorder.Add(status, sentAt, connection.HasRetryAfter);
            if (status == 0)
                await Task.Delay(s_pauseWithoutAnswer, TimeProvider.System, CancellationToken.None);
        }
    }
}
