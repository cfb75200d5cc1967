using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Hosting;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;

namespace SeqServe.UnitTests.Api.Hosting;

public sealed class RepositoryPollingServiceTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Start_PollThatThrows_IsLoggedAndTheServerStarts()
    {
        using var repository = new TemporaryRepository();
        using var bench = new RegistryBench(repository);
        var broken = new FakeLogger<RepositoryPoll>(static _ => throw new InvalidOperationException("disk full"));
        var poll = new RepositoryPoll(ShippedTasks.Open(repository.Of("absent")), bench.Lifecycle, new ModelRegistryOptions(), broken);
        var log = new FakeLogger<RepositoryPollingService>();
        var options = Options.Create(new SeqServeOptions { RepositoryPollInterval = s_interval });
        using var service = new RepositoryPollingService(poll, bench.Registry, options, bench.Time, log);

        await Patience.Wait(service.StartAsync(CancellationToken.None));

        Assert.Equal("disk full", Assert.Single(log.Collector.GetSnapshot()).Exception?.Message);
        await Patience.Wait(service.StopAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Poll_ThatThrows_IsLoggedAndTriedAgain()
    {
        using var repository = new TemporaryRepository();
        repository.AddFake("a");
        using var bench = new RegistryBench(repository);
        // What cannot even be logged is the one exception that leaves a poll.
        var broken = new FakeLogger<RepositoryPoll>(static _ => throw new InvalidOperationException("disk full"));
        var poll = new RepositoryPoll(repository.Open(), bench.Lifecycle, new ModelRegistryOptions(), broken);
        using var failed = new SemaphoreSlim(0);
        var log = new FakeLogger<RepositoryPollingService>(_ => failed.Release());
        var options = Options.Create(new SeqServeOptions { RepositoryPollInterval = s_interval });
        using var service = new RepositoryPollingService(poll, bench.Registry, options, bench.Time, log);
        await Patience.Wait(service.StartAsync(CancellationToken.None));
        bench.Load();
        var away = repository.Root + "-away";
        Directory.Move(repository.Root, away);

        try
        {
            for (var i = 0; i < 2; i++)
            {
                bench.Time.Advance(s_interval);
                Patience.Wait(failed);
            }
        }
        finally
        {
            Directory.Move(away, repository.Root);
        }

        Assert.False(service.ExecuteTask!.IsCompleted);
        await Patience.Wait(service.StopAsync(CancellationToken.None));
    }
}
