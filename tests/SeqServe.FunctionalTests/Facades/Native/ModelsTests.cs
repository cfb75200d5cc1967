using System.Net;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

[Collection(ShippedSuite.Name)]
public sealed class ModelsTests(ShippedServer server)
{
    public static TheoryData<string> Classifiers => Shipped.Classifiers;

    [Fact]
    public async Task List_Always_HoldsEveryShippedModelByName()
    {
        var list = await ReadAsync("/v1/models");

        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal(Shipped.Names, list.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task List_Always_HasOneDefaultForEachTask()
    {
        var list = await ReadAsync("/v1/models");

        var models = list.GetProperty("data").EnumerateArray().ToList();
        Assert.All(models.GroupBy(m => m.GetProperty("task").GetString()), task => Assert.Single(task, m => m.GetProperty("default").GetBoolean()));
        var classifier = models.Single(m => m.GetProperty("default").GetBoolean() && m.GetProperty("task").GetString() == "classification");
        Assert.Equal(Shipped.Default, classifier.GetProperty("id").GetString());
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public async Task Get_ShippedModel_DescribesIt(string name)
    {
        var model = await ReadAsync($"/v1/models/{name}");

        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Shipped.FolderOf(name), "model.json")));
        Assert.Equal(name, model.GetProperty("id").GetString());
        Assert.Equal("model", model.GetProperty("object").GetString());
        Assert.Equal("seqserve", model.GetProperty("owned_by").GetString());
        Assert.Equal("classification", model.GetProperty("task").GetString());
        Assert.Equal(manifest.RootElement.GetProperty("architecture").GetString(), model.GetProperty("architecture").GetString());
        Assert.Equal(Shipped.Labels(name), model.GetProperty("labels").EnumerateArray().Select(l => l.GetString()!));
        Assert.Equal(
            manifest.RootElement.GetProperty("limits").GetProperty("max_input_tokens").GetInt32(),
            model.GetProperty("limits").GetProperty("max_input_tokens").GetInt32());
        Assert.Equal(
            manifest.RootElement.GetProperty("batching").GetProperty("queue_capacity").GetInt32(),
            model.GetProperty("batching").GetProperty("queue_capacity").GetInt32());
        Assert.Equal(Metrics(manifest.RootElement.GetProperty("card")), Metrics(model));
        Assert.Equal("cpu", model.GetProperty("device").GetString());
        Assert.True(model.GetProperty("created").GetInt64() > 0);
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public async Task Get_ShippedModel_IsReadyWithoutReason(string name)
    {
        var version = Assert.Single((await ReadAsync($"/v1/models/{name}")).GetProperty("versions").EnumerateArray());

        Assert.Equal(Shipped.Version(name), version.GetProperty("version").GetInt32());
        Assert.Equal("Ready", version.GetProperty("state").GetString());
        Assert.Equal("", version.GetProperty("reason").GetString());
        Assert.True(version.GetProperty("since").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
    }

    [Theory]
    [InlineData("%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("a%2fb")]
    [InlineData("..%5cx")]
    [InlineData("a%20b")]
    [InlineData("%20")]
    [InlineData("no-such-model")]
    public async Task Get_NameThatIsNoModel_IsNotFound(string name)
    {
        var problem = await server.Client.GetAsync(new Uri($"/v1/models/{name}", UriKind.Relative)).AsProblemAsync(404, "model-not-found");

        Assert.Contains("GET /v1/models", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static Dictionary<string, double> Metrics(JsonElement owner) =>
        owner.GetProperty("metrics").EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetDouble());

    private async Task<JsonElement> ReadAsync(string path) => await server.Client.GetAsync(new Uri(path, UriKind.Relative)).ReadAsync(HttpStatusCode.OK);
}
