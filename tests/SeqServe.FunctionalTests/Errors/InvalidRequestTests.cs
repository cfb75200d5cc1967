using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Errors;

[Collection(ShippedSuite.Name)]
public sealed class InvalidRequestTests(ShippedServer server)
{
    [Theory]
    [InlineData("", "valid JSON")]
    [InlineData("   ", "valid JSON")]
    [InlineData("{", "line 1, byte 2")]
    [InlineData("{\"inputs\":\"good\",}", "valid JSON")]
    [InlineData("{\"inputs\":\"good\"}}", "valid JSON")]
    [InlineData("{\"inputs\":\"good\"} {}", "valid JSON")]
    [InlineData("{'inputs':'good'}", "valid JSON")]
    [InlineData("{\"inputs\":\"good\"/* why */}", "valid JSON")]
    [InlineData("{\n\"inputs\": good}", "line 2")]
    [InlineData("null", "JSON object")]
    [InlineData("[]", "JSON object")]
    [InlineData("\"good\"", "JSON object")]
    [InlineData("17", "JSON object")]
    public async Task Body_ThatIsNoObject_IsRefusedWithWhatIsExpected(string body, string expected)
    {
        var problem = await server.Client.ClassifyRawAsync(body).AsProblemAsync(400, "invalid-request");

        Assert.Contains(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(problem.Errors());
    }

    [Theory]
    [InlineData("""{}""", "inputs", "is missing")]
    [InlineData("""{"inputs":null}""", "inputs", "is missing")]
    [InlineData("""{"inputs":17}""", "inputs", "a string or an array of strings")]
    [InlineData("""{"inputs":{"text":"good"}}""", "inputs", "a string or an array of strings")]
    [InlineData("""{"inputs":["good",17]}""", "inputs", "a string or an array of strings")]
    [InlineData("""{"inputs":["good",null]}""", "inputs", "a string or an array of strings")]
    [InlineData("""{"inputs":[["good"]]}""", "inputs", "a string or an array of strings")]
    [InlineData("""{"inputs":"good","model":1}""", "model", "a string")]
    [InlineData("""{"inputs":"good","version":"1"}""", "version", "a whole number")]
    [InlineData("""{"inputs":"good","version":1.5}""", "version", "a whole number")]
    [InlineData("""{"inputs":"good","version":99999999999999999999}""", "version", "a whole number")]
    [InlineData("""{"inputs":"good","top_k":true}""", "top_k", "a whole number")]
    [InlineData("""{"inputs":"good","top_k":1e400}""", "top_k", "a whole number")]
    [InlineData("""{"inputs":"good","truncate":"yes"}""", "truncate", "true or false")]
    [InlineData("""{"inputs":"good","explain":1}""", "explain", "true or false")]
    [InlineData("""{"inputs":"good","inputs":"bad"}""", "inputs", "is given twice")]
    [InlineData("""{"inputs":"good","text":"bad"}""", "text", "its fields are inputs, text_pair, model, version, top_k, function_to_apply, truncate, explain")]
    [InlineData("""{"Inputs":"good"}""", "Inputs", "is not a field")]
    [InlineData("""{"inputs":"good","topK":1}""", "topK", "is not a field")]
    [InlineData("""{"inputs":"good","a b":1}""", "a b", "is not a field")]
    public async Task Field_ThatIsWrong_IsNamedWithWhatIsExpected(string body, string field, string expected)
    {
        var problem = await server.Client.ClassifyRawAsync(body).AsProblemAsync(400, "invalid-request");

        var error = Assert.Single(problem.Errors());
        Assert.Equal(field, error.Key);
        Assert.Contains(expected, error.Value, StringComparison.Ordinal);
        Assert.Equal($"{error.Key}: {error.Value}", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("1.5")]
    [InlineData("3600001")]
    [InlineData("99999999999999999999")]
    public async Task TimeoutHeader_ThatIsNoMilliseconds_IsRefused(string value)
    {
        using var response = await server.Client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, ("X-Request-Timeout-Ms", value));

        var problem = await Problems.ReadAsync(response, 400, "invalid-request");
        Assert.Contains("milliseconds", problem.Errors()["X-Request-Timeout-Ms"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/vnd.api+json", 200)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("text/json", 415)]
    [InlineData("image/png", 415)]
    public async Task MediaType_OfTheBody_MustBeJson(string mediaType, int status)
    {
        using var content = new ByteArrayContent("""{"inputs":"good"}"""u8.ToArray());
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", mediaType));

        using var response = await server.Client.PostAsync(new Uri(Calls.Classify, UriKind.Relative), content);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Field_OfAHugeName_IsNamedByItsBeginning()
    {
        using var response = await server.Client.ClassifyRawAsync($$"""{"inputs":"good","{{new string('x', 900_000)}}":1}""");

        var problem = await Problems.ReadAsync(response, 400, "invalid-request");
        Assert.InRange(problem.GetRawText().Length, 100, 2000);
    }

    [Fact]
    public async Task Inputs_FarTooMany_AreToldTheLimit()
    {
        var body = $$"""{"inputs":[{{string.Join(',', Enumerable.Repeat("\"a\"", 70_001))}}]}""";

        var problem = await server.Client.ClassifyRawAsync(body).AsProblemAsync(400, "invalid-request");

        Assert.Contains("70001 texts, at most 128", problem.Errors()["inputs"], StringComparison.Ordinal);
    }
}
