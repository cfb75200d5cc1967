using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Registry;

public sealed class BadModelTests(BadModelServer server) : IClassFixture<BadModelServer>
{
    public static TheoryData<string> Names => [.. BadModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task BadModel_Loaded_SaysWhatIsWrongAndTheServerGoesOn(string name)
    {
        var version = server.Models[name];

        var reason = version.GetProperty("reason").GetString()!;
        Assert.Equal("Unavailable", version.GetProperty("state").GetString());
        Assert.All(BadModels.All[name].Reason, part => Assert.Contains(part, reason, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Folder, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("log has the cause", reason, StringComparison.Ordinal);
        var refused = await server.Client.ClassifyAsync(new { inputs = Calls.Review, model = name }).AsProblemAsync(503, "model-not-ready");
        Assert.Contains(reason.Split('.')[0], refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Single((await server.Client.ClassifyAsync(new { inputs = Calls.Review, model = BadModelServer.Whole }).ReadAsync()).Results());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task BadModel_LoadedAgain_IsRefusedWithTheSameReason(string name)
    {
        using var response = await server.Client.PostAsync($"/v1/models/{name}/load", null);

        var problem = await Problems.ReadAsync(response, 422, "load-failed");
        Assert.All(BadModels.All[name].Reason, part => Assert.Contains(part, problem.GetProperty("detail").GetString(), StringComparison.Ordinal));
    }
}
