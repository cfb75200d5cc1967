using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline;

public sealed class DeadlineTests
{
    [Fact]
    public async Task Deadline_OfTheConfiguration_HoldsForRequestsThatSendNone()
    {
        await using var fake = await FakeServer.StartAsync(new Dictionary<string, string> { ["SeqServe:RequestTimeout"] = "00:00:00.01" });
        using var client = fake.Server.CreateClient();
        fake.Backends.HoldRuns();

        var problem = await client.ClassifyAsync(new { inputs = "good" }).AsProblemAsync(504, "deadline-exceeded");

        Assert.Contains("more time", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_OfTheHeader_OverridesTheConfiguration()
    {
        await using var fake = await FakeServer.StartAsync(new Dictionary<string, string> { ["SeqServe:RequestTimeout"] = "00:00:00.001" });
        using var client = fake.Server.CreateClient();

        using var response = await client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, ("X-Request-Timeout-Ms", "60000"));

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Server_AfterADeadlineHasPassed_AnswersTheNextRequest()
    {
        await using var fake = await FakeServer.StartAsync();
        using var client = fake.Server.CreateClient();
        var held = await fake.HoldOneAsync(client);
        using var late = await client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = new[] { "a", "b" } }, ("X-Request-Timeout-Ms", "5"));
        await Problems.ReadAsync(late, 504, "deadline-exceeded");

        // Its rows have left the queue of two, so that there is room again.
        var next = client.ClassifyAsync(new { inputs = new[] { "c", "d" } });
        fake.Backends.ReleaseRuns();

        Assert.Equal(2, (await next.ReadAsync()).Results().Length);
        await held.ReadAsync();
    }
}
