using System.Net.Http.Headers;
using System.Text.Json;

namespace SeqServe.FunctionalTests.Support;

/// <summary>What every problem must have, whatever its kind.</summary>
internal static class Problems
{
    /// <summary>Reads an answer as a problem of a kind.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="status">The status it must have.</param>
    /// <param name="slug">The kind it must be of.</param>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int status, string slug)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"Expected {status}, was {(int)response.StatusCode}: {body}");
        var problem = AssertIsProblem(response, body);
        Assert.Equal($"/problems/{slug}", problem.GetProperty("type").GetString());
        return problem;
    }

    public static async Task<JsonElement> AsProblemAsync(this Task<HttpResponseMessage> answer, int status, string slug)
    {
        using var response = await answer;
        return await ReadAsync(response, status, slug);
    }

    /// <summary>The shape that holds for all kinds, and that nothing of the inside shows.</summary>
    public static JsonElement AssertIsProblem(HttpResponseMessage response, string body)
    {
        Assert.Equal(new MediaTypeHeaderValue("application/problem+json"), Plain(response.Content.Headers.ContentType));
        var problem = JsonSerializer.Deserialize<JsonElement>(body);
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("/problems/", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("trace_id").GetString());
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", body, StringComparison.Ordinal);
        Assert.DoesNotContain(Shipped.Folder, body, StringComparison.Ordinal);
        return problem;
    }

    /// <summary>The messages by field; empty when no field is at fault.</summary>
    public static IReadOnlyDictionary<string, string> Errors(this JsonElement problem) =>
        problem.TryGetProperty("errors", out var errors)
            ? errors.EnumerateObject().ToDictionary(e => e.Name, e => string.Join(" ", e.Value.EnumerateArray()))
            : new Dictionary<string, string>();

    private static MediaTypeHeaderValue? Plain(MediaTypeHeaderValue? type) => type is null ? null : new MediaTypeHeaderValue(type.MediaType!);
}
