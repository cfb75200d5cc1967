using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Hosting;

/// <summary>Polls the repository while the server runs, where the configuration says how often.</summary>
internal sealed class RepositoryPollingService(RepositoryPoll poll, ModelRegistry registry, IOptions<SeqServeOptions> options, TimeProvider time) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.RepositoryPollInterval is not null)
            poll.Begin();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RepositoryPollInterval is not { } interval)
            return;
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // What the start loads is not for two to load.
            if (registry.HasStarted)
                await poll.LookAsync(stoppingToken);
        }
    }
}
