using System.Diagnostics;
using System.Net.Http.Json;

namespace SeqServe.Benchmarks.Reload;

/// <summary>Clients in a closed loop, each with one text a request.</summary>
internal sealed class ClassifyLoad(HttpClient http, string model, IReadOnlyList<string> texts, int clients) : IDisposable
{
    private readonly Uri _route = new("/v1/classify", UriKind.Relative);
    private readonly CancellationTokenSource _disposed = new();
    private int _next = -1;

    /// <summary>Sends requests while something else goes on.</summary>
    public async Task<LoadTimes> RunAsync(Func<Task> meanwhile)
    {
        var times = new LoadTimes();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
        var running = Enumerable.Range(0, clients).Select(_ => Task.Run(() => SendAsync(times, stop.Token))).ToList();
        await meanwhile();
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return times;
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private async Task SendAsync(LoadTimes times, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var text = texts[(int)((uint)Interlocked.Increment(ref _next) % (uint)texts.Count)];
            var started = Stopwatch.GetTimestamp();
            try
            {
                // Not cancelled with the load: what was sent is waited for.
                using var answer = await http.PostAsJsonAsync(_route, new { inputs = text, model }, CancellationToken.None);
                if (answer.IsSuccessStatusCode)
                    times.Answer(Stopwatch.GetElapsedTime(started));
                else
                    times.Fail();
            }
            catch (HttpRequestException)
            {
                times.Fail();
            }
        }
    }
}
