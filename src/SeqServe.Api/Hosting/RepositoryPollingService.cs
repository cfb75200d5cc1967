using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Hosting;

/// <summary>Polls the repository while the server runs, where the configuration says how often.</summary>
internal sealed partial class RepositoryPollingService(
    RepositoryPoll poll, ModelRegistry registry, IOptions<SeqServeOptions> options, TimeProvider time, ILogger<RepositoryPollingService> logger)
    : BackgroundService
{
    private PeriodicTimer? _timer;

    // The first interval begins with the start, not when the thread pool comes to ExecuteAsync.
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.RepositoryPollInterval is { } interval)
        {
            Begin();
            _timer = new PeriodicTimer(interval, time);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_timer is not { } timer)
            return;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // What the start loads is not for two to load.
            if (registry.HasStarted)
                await ScanAsync(stoppingToken);
        }
    }

    public override void Dispose()
    {
        _timer?.Dispose();
        base.Dispose();
    }

    private void Begin()
    {
        try
        {
            poll.Begin();
        }
        catch (Exception e)
        {
            // The next poll takes everything for changed, which costs a reload and no more.
            PollFailed(logger, e);
        }
    }

    private async Task ScanAsync(CancellationToken stoppingToken)
    {
        try
        {
            await poll.ScanAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // An exception that leaves a background service stops the server, and what is loaded can serve without polling.
            PollFailed(logger, e);
        }
    }

    [LoggerMessage(EventIds.PollFailed, LogLevel.Error, "The model repository could not be polled; it is tried again at the next interval")]
    private static partial void PollFailed(ILogger logger, Exception exception);
}
