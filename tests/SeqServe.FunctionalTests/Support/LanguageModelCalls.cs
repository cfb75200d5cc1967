using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace SeqServe.FunctionalTests.Support;

/// <summary>Requests to the routes of the language models.</summary>
internal static class LanguageModelCalls
{
    public const string NextToken = "/v1/next-token";
    public const string Completions = "/v1/completions";
    public const string Score = "/v1/score";

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, object body) => client.PostAsJsonAsync(path, body);

    public static async Task<HttpResponseMessage> PostRawAsync(this HttpClient client, string path, string body, string mediaType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, mediaType);
        return await client.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    public static Task<JsonElement> PredictAsync(this HttpClient client, object body) => client.PostJsonAsync(NextToken, body).ReadAsync();

    public static Task<JsonElement> CompleteAsync(this HttpClient client, object body) => client.PostJsonAsync(Completions, body).ReadAsync();

    public static Task<JsonElement> ScoreAsync(this HttpClient client, object body) => client.PostJsonAsync(Score, body).ReadAsync();

    /// <summary>The texts of a completion's choices.</summary>
    public static string[] Texts(this JsonElement completion) =>
        [.. completion.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("text").GetString()!)];

    /// <summary>The data of each event of a streamed completion.</summary>
    public static async Task<IReadOnlyList<string>> StreamAsync(this HttpClient client, object body)
    {
        using var response = await client.PostJsonAsync(Completions, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(e => e[0] != ':').Select(e => e["data: ".Length..])];
    }
}
