using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace SeqServe.Benchmarks.Devices;

/// <summary>A running server whose models are on one device.</summary>
internal sealed class DeviceServer(string url) : IDisposable
{
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { MaxConnectionsPerServer = 1024 }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Its models that serve, by name: task, device and number of labels.</summary>
    public async Task<IReadOnlyDictionary<string, (string Task, string Device, int Labels)>> ModelsAsync()
    {
        var list = await _client.GetFromJsonAsync<JsonElement>("/v1/models");
        return list.GetProperty("data").EnumerateArray().Where(static model => model.TryGetProperty("device", out _)).ToDictionary(
            static model => model.GetProperty("id").GetString()!,
            static model => (
                model.GetProperty("task").GetString()!,
                model.GetProperty("device").GetString()!,
                model.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Array ? labels.GetArrayLength() : 0));
    }

    /// <summary>Sends one request.</summary>
    public async Task<JsonElement> AskAsync(string route, object body)
    {
        using var response = await _client.PostAsJsonAsync(route, body);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadFromJsonAsync<JsonElement>()
            : throw new HttpRequestException($"{route}: {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Requests answered in a second by clients that send one after the other; a refusal (429) is tried again and not counted.</summary>
    public async Task<double> RateAsync(string route, Func<string, object> body, int clients, TimeSpan span)
    {
        var (answered, next) = (0, 0);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(started) < span)
            {
                var text = DeviceTexts.All[(int)((uint)Interlocked.Increment(ref next) % (uint)DeviceTexts.All.Count)];
                using var response = await _client.PostAsJsonAsync(route, body(text));
                if (response.StatusCode == System.Net.HttpStatusCode.TooManyRequests)
                    continue;
                response.EnsureSuccessStatusCode();
                await response.Content.ReadAsByteArrayAsync();
                Interlocked.Increment(ref answered);
            }
        }));
        return answered / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public void Dispose() => _client.Dispose();
}
