using System.Text.Json;

namespace SeqServe.FunctionalTests.Support;

/// <summary>What every failure of an OpenAI route must have.</summary>
internal static class OpenAIErrors
{
    public const string MediaType = "application/json";

    /// <summary>Reads an answer as a failure of a kind.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int status, string slug)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"Expected {status}, was {(int)response.StatusCode}: {body}");
        Assert.Equal(MediaType, response.Content.Headers.ContentType?.MediaType);
        var error = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("error");
        Assert.Equal(CodeOf(slug), error.GetProperty("code").GetString());
        Assert.False(string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()));
        Assert.EndsWith("_error", error.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", body, StringComparison.Ordinal);
        return error;
    }

    /// <summary>The field at fault, if there is one.</summary>
    public static IEnumerable<string> Param(this JsonElement error) => error.GetProperty("param").GetString() is { } param ? [param] : [];

    public static string CodeOf(string slug) => slug switch
    {
        "input-too-long" => "context_length_exceeded",
        "unauthorized" => "invalid_api_key",
        "rate-limited" => "rate_limit_exceeded",
        _ => slug.Replace('-', '_'),
    };
}
