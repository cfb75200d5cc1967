using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace SeqServe.FunctionalTests.Support;

/// <summary>Requests as clients send them, and answers as clients read them: JSON by its field names, so that a renamed field is noticed.</summary>
internal static class Calls
{
    public const string Classify = "/v1/classify";

    public const string Review = "This film is a quiet, moving triumph.";

    public static Task<HttpResponseMessage> ClassifyAsync(this HttpClient client, object request, CancellationToken cancellation = default) =>
        client.PostAsJsonAsync(Classify, request, cancellation);

    public static Task<HttpResponseMessage> ClassifyRawAsync(this HttpClient client, string body) => client.ClassifyRawAsync(Encoding.UTF8.GetBytes(body));

    public static async Task<HttpResponseMessage> ClassifyRawAsync(this HttpClient client, byte[] body, string mediaType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return await client.PostAsync(Classify, content);
    }

    /// <summary>Posts text as a JSON body, with headers.</summary>
    public static async Task<HttpResponseMessage> SendRawAsync(this HttpClient client, string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await client.SendAsync(request);
    }

    /// <summary>Sends one request with headers.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client,
        HttpMethod method,
        string path,
        object? body,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await client.SendAsync(request);
    }

    /// <summary>The answer's JSON, after a look at its status.</summary>
    public static async Task<JsonElement> ReadAsync(this Task<HttpResponseMessage> answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await answer;
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"Expected {(int)expected}, was {(int)response.StatusCode}: {body}");
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response) =>
        JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());

    public static JsonElement[] Results(this JsonElement answer) => [.. answer.GetProperty("results").EnumerateArray()];

    public static string Label(this JsonElement result) => result.GetProperty("label").GetString()!;

    /// <summary>A result's probabilities by label, so that a tie in the order does not matter.</summary>
    public static Dictionary<string, double> Scores(this JsonElement result) =>
        result.GetProperty("scores").EnumerateArray().ToDictionary(s => s.GetProperty("label").GetString()!, s => s.GetProperty("score").GetDouble());
}
