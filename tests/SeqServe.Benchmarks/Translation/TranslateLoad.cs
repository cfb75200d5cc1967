using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace SeqServe.Benchmarks.Translation;

/// <summary>Clients of a running server that send one sentence after the other.</summary>
internal sealed class TranslateLoad(Uri url, string model, IReadOnlyList<string> texts) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = url };
    private int _next;

    /// <summary>Output tokens a second over a span of time; requests that have begun in it count as far as they lie in it.</summary>
    public async Task<double> TokensPerSecondAsync(int clients, TimeSpan span)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => ClientAsync(started, span)));
        return counts.Sum() / span.TotalSeconds;
    }

    public void Dispose() => _client.Dispose();

    private async Task<double> ClientAsync(long started, TimeSpan span)
    {
        var tokens = 0.0;
        while (true)
        {
            var began = Stopwatch.GetElapsedTime(started);
            if (began >= span)
                return tokens;
            var text = texts[(int)((uint)Interlocked.Increment(ref _next) % (uint)texts.Count)];
            using var response = await _client.PostAsJsonAsync("/v1/translate", new { inputs = text, model });
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            var ended = Stopwatch.GetElapsedTime(started);
            tokens += answer.GetProperty("usage").GetProperty("output_tokens").GetInt32() * Math.Min(1, (span - began) / (ended - began));
        }
    }
}
