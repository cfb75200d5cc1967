using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Hosting;

public sealed class DrainTimeoutTests
{
    [Fact]
    public async Task Stop_BeyondTheDrainTimeout_DoesNotWaitForEver()
    {
        await using var fake = new FakeServer(new Dictionary<string, string> { ["SeqServe:DrainTimeout"] = "00:00:00.2" });
        await fake.Server.OverKestrel().StartAsync();
        using var client = fake.Server.CreateClient();
        var running = await fake.HoldOneAsync(client);

        await fake.Server.Host.StopAsync();

        fake.Backends.ReleaseRuns();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => running);
    }
}
