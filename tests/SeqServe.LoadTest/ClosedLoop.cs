using System.Diagnostics;

namespace SeqServe.LoadTest;

/// <summary>N clients, each of which sends its next request when the last is answered: finds what a server can do.</summary>
internal static class ClosedLoop
{
    public static Task RunAsync(Sender sender, Recorder recorder, int clients, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => ClientAsync(sender, recorder, stop), CancellationToken.None)));

    private static async Task ClientAsync(Sender sender, Recorder recorder, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var sentAt = Stopwatch.GetTimestamp();
            try
            {
                recorder.Add(await sender.SendAsync(stop), sentAt);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
