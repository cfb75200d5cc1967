using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace SeqServe.FunctionalTests.Support;

/// <summary>Streams as clients read them.</summary>
internal static class EventReading
{
    /// <summary>Sends a request and returns when the answer's headers are there.</summary>
    public static async Task<HttpResponseMessage> OpenStreamAsync(this HttpClient client, string path, object body, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>The events of an answer, by name.</summary>
    public static async Task<List<(string Name, JsonElement Data)>> ReadEventsAsync(this HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        var events = new List<(string, JsonElement)>();
        await foreach (var item in SseParser.Create(body).EnumerateAsync())
            events.Add((item.EventType, JsonSerializer.Deserialize<JsonElement>(item.Data)));
        return events;
    }
}
