using System.Net;
using System.Text;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

public sealed class RepositoryTests : IAsyncLifetime
{
    private const string Name = "film";
    private const string AdminKey = "the-admin-key-of-the-tests";
    private const string OtherKey = "another-key-of-the-tests";

    private readonly TemporaryRepository _repository = new TemporaryRepository().With(Name, manifest => manifest["version_policy"] = "all").WithBroken(
        "broken");
    private SeqServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _repository.AddVersion(Name, 3);
        _server = await new SeqServer(new Dictionary<string, string>
        {
            ["SeqServe:ModelRepository"] = _repository.Path,
            ["SeqServe:ApiKeys:admin:Key"] = AdminKey,
            ["SeqServe:ApiKeys:admin:Admin"] = "true",
            ["SeqServe:ApiKeys:other:Key"] = OtherKey,
        }).StartAsync();
        _client = _server.CreateClient();
        _client.DefaultRequestHeaders.Add("X-Api-Key", AdminKey);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task Index_Always_ListsEveryVersionWithStateAndReason()
    {
        var index = (await PostAsync("index").ReadAsync()).EnumerateArray().ToList();

        Assert.Equal(
            [("broken", "1", "UNAVAILABLE"), (Name, "1", "READY"), (Name, "3", "READY")],
            index.Select(e => (Text(e, "name"), Text(e, "version"), Text(e, "state"))));
        Assert.Contains("sha256", Text(index[0], "reason"), StringComparison.Ordinal);
        Assert.Equal("", Text(index[1], "reason"));
    }

    [Fact]
    public async Task Index_OfReadyOnes_LeavesTheOthersOut()
    {
        var index = await PostAsync("index", "{\"ready\":true,\"unknown\":1}").ReadAsync();

        Assert.All(index.EnumerateArray(), e => Assert.Equal(Name, Text(e, "name")));
    }

    [Fact]
    public async Task Unload_ThenLoad_TakesTheModelOutAndBackIn()
    {
        await AssertEmptyAsync($"models/{Name}/unload", "{\"parameters\":{\"unload_dependents\":false}}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ClassifyAsync(null)).StatusCode);

        await AssertEmptyAsync($"models/{Name}/load");

        Assert.Equal(3, await VersionAsync(null));
    }

    [Fact]
    public async Task Classify_OfEachVersion_IsAnsweredByIt() =>
        Assert.Equal((1, 3, 3), (await VersionAsync(1), await VersionAsync(3), await VersionAsync(null)));

    [Fact]
    public async Task Load_OfANewPolicy_ServesWhatItSays()
    {
        _repository.Model(Name).Manifest(
            json => json["version_policy"] = new System.Text.Json.Nodes.JsonObject { ["specific"] = new System.Text.Json.Nodes.JsonArray(1) });

        await AssertEmptyAsync($"models/{Name}/load");

        Assert.Equal(1, await VersionAsync(null));
        Assert.Equal(HttpStatusCode.NotFound, (await ClassifyAsync(3)).StatusCode);
    }

    [Fact]
    public async Task Load_OfAVersionWithOtherGoldenAnswers_SaysWhichAndTheOldGoesOn()
    {
        var answer = (await (await ClassifyAsync(1)).ReadJsonAsync()).Results()[0];
        string Golden(object label) => JsonSerializer.Serialize(
            new { cases = new[] { new { text = Calls.Review, label, score = answer.GetProperty("score").GetDouble() } } });
        _repository.AddVersion(Name, 4);
        _repository.Model(Name).Write("4/golden.json", Encoding.UTF8.GetBytes(Golden(answer.Label() == "positive" ? "negative" : "positive")));

        var error = Text(await PostAsync($"models/{Name}/load").ReadAsync(HttpStatusCode.UnprocessableEntity), "error");

        Assert.Contains("Version 4: 1 of 1 golden cases", error, StringComparison.Ordinal);
        Assert.Equal(3, await VersionAsync(null));
        _repository.Model(Name).Write("4/golden.json", Encoding.UTF8.GetBytes(Golden(answer.Label())));
        await AssertEmptyAsync($"models/{Name}/load");
        Assert.Equal(4, await VersionAsync(null));
    }

    [Theory]
    [InlineData("models/none/load", null, 404, "Request for unknown model")]
    [InlineData("models/none/unload", null, 404, "Request for unknown model")]
    [InlineData("models/broken/load", null, 422, "sha256")]
    [InlineData("models/film/load", "{\"parameters\":{\"config\":\"{}\"}}", 400, "\"config\" is not supported")]
    [InlineData("models/film/load", "{\"parameters\":{\"file:1/model.onnx\":\"AAAA\"}}", 400, "is not supported")]
    [InlineData("models/film/load", "{", 400, "cannot be read")]
    [InlineData("models/film/unload", "[]", 400, "cannot be read")]
    [InlineData("index", "\"all\"", 400, "cannot be read")]
    [InlineData("nothing", null, 404, "No route")]
    public async Task Call_ThatFails_HasTheProtocolsShape(string path, string? body, int status, string part)
    {
        var error = await PostAsync(path, body).ReadAsync((HttpStatusCode)status);

        if (path != "nothing")
            Assert.Equal("error", Assert.Single(error.EnumerateObject()).Name);
        Assert.Contains(part, error.GetRawText().Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index", null, 401)]
    [InlineData("index", OtherKey, 200)]
    [InlineData("models/film/load", null, 401)]
    [InlineData("models/film/load", OtherKey, 403)]
    [InlineData("models/film/unload", OtherKey, 403)]
    public async Task Call_WithoutTheRightKey_IsRefused(string path, string? key, int status)
    {
        using var client = _server.CreateClient();
        using var response = await client.SendAsync(HttpMethod.Post, $"/v2/repository/{path}", null, key is null ? [] : [("X-Api-Key", key)]);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status != 200, (await response.ReadJsonAsync()).ValueKind == JsonValueKind.Object);
    }

    private static string Text(JsonElement json, string key) => json.GetProperty(key).GetString()!;

    private async Task<HttpResponseMessage> PostAsync(string path, string? body = null)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await _client.PostAsync($"/v2/repository/{path}", content);
    }

    private async Task AssertEmptyAsync(string path, string? body = null)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal((200, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    private Task<HttpResponseMessage> ClassifyAsync(int? version) => _client.ClassifyAsync(new { inputs = Calls.Review, model = Name, version });

    private async Task<int> VersionAsync(int? version) => (await ClassifyAsync(version).ReadAsync()).GetProperty("version").GetInt32();
}
