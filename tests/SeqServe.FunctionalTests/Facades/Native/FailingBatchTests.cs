using SeqServe.Core.Backends;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

public sealed class FailingBatchTests
{
    [Fact]
    public async Task Array_WhoseRunFails_IsNotHalfAnswered()
    {
        await using var fake = await FakeServer.StartAsync();
        using var client = fake.Server.CreateClient();
        var runs = 0;
        // The first text succeeds, the second does not.
        fake.Backends.BeforeRun = () => runs++ == 1 ? new BackendException("The second run fails.") : null;

        var problem = await client.ClassifyAsync(new { inputs = new[] { "good", "bad" } }).AsProblemAsync(500, "inference-failed");

        Assert.Equal(2, runs);
        Assert.Equal(["inputs[1]"], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.False(problem.TryGetProperty("results", out _));
    }

    [Fact]
    public async Task Server_AfterAFailedRun_AnswersTheNextRequest()
    {
        await using var fake = await FakeServer.StartAsync();
        using var client = fake.Server.CreateClient();
        fake.Backends.BeforeRun = () => new BackendException("fails");
        await client.ClassifyAsync(new { inputs = "good" }).AsProblemAsync(500, "inference-failed");

        fake.Backends.BeforeRun = null;

        await client.ClassifyAsync(new { inputs = "good" }).ReadAsync();
    }

    [Fact]
    public async Task Run_ThatGivesNoNumbers_FailsInPlaceOfAnsweringThem()
    {
        await using var fake = await FakeServer.StartAsync();
        using var client = fake.Server.CreateClient();
        fake.Backends.Logit = float.NaN;

        await client.ClassifyAsync(new { inputs = "good" }).AsProblemAsync(500, "inference-failed");
    }
}
