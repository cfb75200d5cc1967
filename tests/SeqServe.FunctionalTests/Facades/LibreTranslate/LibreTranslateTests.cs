using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SeqServe.FunctionalTests.Facades.Native;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.LibreTranslate;

public sealed class LibreTranslateTests(TranslateServerFixture server) : IClassFixture<TranslateServerFixture>
{
    private const string Translate = "/translate";

    [Fact]
    public async Task Translate_OneText_AnswersOneText()
    {
        var answer = await PostAsync(new { q = "a fine film", source = "en", target = "fr", format = "text", api_key = "", unknown = 1 });

        Assert.Equal("{\"translatedText\":\"a fine film\"}", answer.ToString());
    }

    [Fact]
    public async Task Translate_Array_AnswersArrays()
    {
        var answer = await PostAsync(new { q = new[] { "one", "two" }, source = "en", target = "fr", alternatives = 2 });

        Assert.Equal(["one", "two"], answer.GetProperty("translatedText").EnumerateArray().Select(text => text.GetString()));
        Assert.All(answer.GetProperty("alternatives").EnumerateArray(), alternatives => Assert.Equal(2, alternatives.GetArrayLength()));
    }

    [Fact]
    public async Task Translate_Form_IsReadToo()
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["q"] = "a fine film", ["source"] = "en", ["target"] = "fr", ["alternatives"] = "1" });

        var answer = await server.Client.PostAsync(Translate, form).ReadAsync();

        Assert.Equal("a fine film", answer.GetProperty("translatedText").GetString());
        Assert.Equal(1, answer.GetProperty("alternatives").GetArrayLength());
    }

    [Theory]
    [InlineData("{\"source\":\"en\",\"target\":\"fr\"}", 400, "q is missing")]
    [InlineData("{\"q\":\"a\",\"target\":\"fr\"}", 400, "source is missing")]
    [InlineData("{\"q\":\"a\",\"source\":\"en\"}", 400, "target is missing")]
    [InlineData("{\"q\":\"a\",\"source\":\"en\",\"target\":\"fr\",\"format\":\"html\"}", 400, "format")]
    [InlineData("{\"q\":\"a\",\"source\":\"en\",\"target\":\"tlh\"}", 404, "en → fr")]
    [InlineData("{\"q\":\"a\",\"source\":\"auto\",\"target\":\"fr\"}", 400, "no model \"language-id\"")]
    [InlineData("{\"q\":\"a\",\"source\":\"en\",\"target\":\"fr\",\"alternatives\":99}", 400, "alternatives")]
    [InlineData("{\"q\":", 400, "JSON")]
    [InlineData("{\"q\":\"\",\"source\":\"en\",\"target\":\"fr\"}", 422, "empty")]
    public async Task Translate_Fault_HasTheProtocolsShape(string body, int status, string part)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await server.Client.PostAsync(Translate, content).ReadAsync((HttpStatusCode)status);

        var error = Assert.Single(answer.EnumerateObject());
        Assert.Equal("error", error.Name);
        Assert.Contains(part == "empty" ? "nothing to translate" : part, error.Value.GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na fine film\r\n")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Dispo")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Type: a/b; charset=utf-7\r\nContent-Disposition: form-data; name=q\r\n\r\na\r\n--b--\r\n")]
    [InlineData("multipart/form-data; boundary=b", "")]
    [InlineData("multipart/form-data", "--b--\r\n")]
    [InlineData("application/json", "{\"q\":\"a fine")]
    [InlineData("application/json", "")]
    [InlineData("text/plain", "a fine film")]
    public async Task Translate_BodyThatIsCutShortOrOfAnotherKind_SaysWhatToSend(string mediaType, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);

        var refused = await server.Client.PostAsync(Translate, content).ReadAsync(HttpStatusCode.BadRequest);

        Assert.NotEmpty(refused.GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    public async Task Translate_FormWithAFile_IsRefused(int bytes)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a fine film"), "q" },
            { new StringContent("en"), "source" },
            { new StringContent("fr"), "target" },
            { new ByteArrayContent(new byte[bytes]), "file", "film.txt" },
        };

        var refused = await server.Client.PostAsync(Translate, form).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("Files are not taken; send their text in the field q.", refused.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Translate_FormOfParts_IsReadLikeAnother()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("un film", Encoding.Latin1), "q" },
            { new StringContent("naïf", Encoding.Latin1), "q" },
            { new StringContent("en"), "source" },
            { new StringContent("fr"), "target" },
            { new StringContent(new string(' ', 200_000)), "unknown" },
        };

        var answer = await server.Client.PostAsync(Translate, form).ReadAsync();

        Assert.Equal(["un film", "naïf"], answer.GetProperty("translatedText").EnumerateArray().Select(text => text.GetString()));
    }

    [Fact]
    public async Task Translate_FormOfTooManyParts_IsRefused()
    {
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 1025; i++)
            form.Add(new StringContent("a"), "q");

        var refused = await server.Client.PostAsync(Translate, form).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Contains("cannot be read", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Languages_Always_AreThePairsThereAre()
    {
        var answer = await server.Client.GetAsync(new Uri("/languages", UriKind.Relative)).ReadAsync();

        Assert.Equal(
            "[{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"fr\"]},{\"code\":\"fr\",\"name\":\"French\",\"targets\":[\"en\"]}]",
            answer.ToString());
    }

    [Fact]
    public async Task Settings_Always_SayWhatAPageNeeds()
    {
        var answer = await server.Client.GetAsync(new Uri("/frontend/settings", UriKind.Relative)).ReadAsync();

        Assert.False(answer.GetProperty("keyRequired").GetBoolean());
        Assert.Equal("en", answer.GetProperty("language").GetProperty("source").GetProperty("code").GetString());
    }

    [Fact]
    public async Task AnyOrigin_MayCall_ButNotWithCredentials()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, Translate);
        request.Headers.Add("Origin", "https://example.com");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");

        using var response = await server.Client.SendAsync(request);

        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task NativeRoutes_FromAnotherOrigin_GiveNoLeave()
    {
        using var response = await server.Client.SendAsync(HttpMethod.Post, TranslateTests.Path, new { inputs = "a" }, ("Origin", "https://example.com"));

        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Key_InTheBody_IsTaken()
    {
        await using var keyed = await TranslateServer.StartAsync(new Dictionary<string, string> { ["SeqServe:ApiKeys:tests:Key"] = ErrorServers.Key });
        using var client = keyed.CreateClient();

        var refused = await client.PostAsJsonAsync(Translate, new { q = "a", source = "en", target = "fr" }).ReadAsync(HttpStatusCode.Unauthorized);
        var answer = await client.PostAsJsonAsync(Translate, new { q = "a", source = "en", target = "fr", api_key = ErrorServers.Key }).ReadAsync();

        Assert.True(refused.TryGetProperty("error", out _));
        Assert.Equal("a", answer.GetProperty("translatedText").GetString());
    }

    private Task<JsonElement> PostAsync(object request) => server.Client.PostAsJsonAsync(Translate, request).ReadAsync();

    [Fact]
    public async Task Translate_WrongMethod_HasItsOwnShape()
    {
        using var response = await server.Client.DeleteAsync(new Uri(Translate, UriKind.Relative));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        Assert.Equal(JsonValueKind.String, Assert.Single(answer.EnumerateObject(), field => field.Name == "error").Value.ValueKind);
    }
}
