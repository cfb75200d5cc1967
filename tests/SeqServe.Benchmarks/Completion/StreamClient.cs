using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;

namespace SeqServe.Benchmarks.Completion;

/// <summary>Streams completions as a client does, and notes when each chunk comes.</summary>
internal sealed class StreamClient(string url, string model, int endId) : IDisposable
{
    private readonly HttpClient _http =
        new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Streams one greedy answer of exactly so many tokens: the end is forbidden.</summary>
    /// <returns>Timestamps of the chunks that carry a token.</returns>
    public async Task<List<long>> StreamAsync(string prompt, int tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(Body(prompt, tokens, stream: true)) };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException(await response.Content.ReadAsStringAsync());
        var times = new List<long>(tokens);
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            if (item.Data != "[DONE]")
                times.Add(Stopwatch.GetTimestamp());
        }

        return times;
    }

    /// <summary>Sends a prompt of token ids and waits for the one token behind it.</summary>
    public async Task ReadAsync(int[] prompt)
    {
        using var response = await _http.PostAsJsonAsync("/v1/completions", Body(prompt, 1, stream: false));
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException(await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => _http.Dispose();

    private Dictionary<string, object> Body(object prompt, int tokens, bool stream) => new()
    {
        ["model"] = model,
        ["prompt"] = prompt,
        ["max_tokens"] = tokens,
        ["temperature"] = 0,
        ["stream"] = stream,
        ["logit_bias"] = new Dictionary<string, int> { [endId.ToString(System.Globalization.CultureInfo.InvariantCulture)] = -100 },
    };
}
