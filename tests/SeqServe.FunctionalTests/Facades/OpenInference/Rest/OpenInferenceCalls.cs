using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

/// <summary>Requests and answers of the protocol, byte by byte where they are binary.</summary>
internal static class OpenInferenceCalls
{
    public const string JsonLength = "Inference-Header-Content-Length";

    public static string InferPath(string model) => $"/v2/models/{Uri.EscapeDataString(model)}/infer";

    /// <summary>Sends JSON as it is written.</summary>
    public static Task<HttpResponseMessage> InferAsync(this HttpClient client, string model, string json, params (string Name, string Value)[] headers) =>
        client.InferAsync(model, Encoding.UTF8.GetBytes(json), headers);

    /// <summary>Sends JSON with binary data behind it.</summary>
    public static Task<HttpResponseMessage> InferAsync(this HttpClient client, string model, string json, byte[] binary) =>
        client.InferAsync(
            model, [.. Encoding.UTF8.GetBytes(json), .. binary], (JsonLength, Encoding.UTF8.GetByteCount(json).ToString(CultureInfo.InvariantCulture)));

    public static async Task<HttpResponseMessage> InferAsync(this HttpClient client, string model, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, InferPath(model)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value));
        return await client.SendAsync(request);
    }

    /// <summary>The outputs of an answer by their names.</summary>
    public static Dictionary<string, JsonElement> Outputs(this JsonElement answer) =>
        answer.GetProperty("outputs").EnumerateArray().ToDictionary(o => o.GetProperty("name").GetString()!);

    /// <summary>The JSON of an answer and the bytes behind it.</summary>
    public static async Task<(JsonElement Json, byte[] Binary)> ReadBinaryAsync(this Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        var length = int.Parse(Assert.Single(response.Headers.GetValues(JsonLength)), CultureInfo.InvariantCulture);
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.MediaType);
        return (JsonSerializer.Deserialize<JsonElement>(body.AsSpan(0, length)), body[length..]);
    }

    /// <summary>The text of a failure, after a look at its status and its shape.</summary>
    public static async Task<string> ErrorAsync(this Task<HttpResponseMessage> answer, int status)
    {
        using var response = await answer;
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"Expected {status}, was {(int)response.StatusCode}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var error = Assert.Single(JsonSerializer.Deserialize<JsonElement>(body).EnumerateObject());
        Assert.Equal("error", error.Name);
        Assert.DoesNotContain("System.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.Equal(status is 429 or 503, response.Headers.RetryAfter is not null);
        return error.Value.GetString()!;
    }

    public static Task<JsonElement> GetJsonAsync(this HttpClient client, string path) => client.GetAsync(new Uri(path, UriKind.Relative)).ReadAsync();
}
