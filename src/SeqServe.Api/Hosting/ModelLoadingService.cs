using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Models;

namespace SeqServe.Api.Hosting;

/// <summary>Loads the repository while the server already listens, and stops taking requests when the host stops.</summary>
internal sealed partial class ModelLoadingService(
    ModelRegistry registry, IOptions<SeqServeOptions> options, IHostApplicationLifetime lifetime, ServerAddress address, ILogger<ModelLoadingService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopping.Register(Drain);
        await Task.Run(() => registry.LoadAll(options.Value.Threads, stoppingToken), stoppingToken);

        var models = registry.List();
        var ready = models.Where(m => m.IsReady).Select(m => m.IsDefault ? $"{m.Name} (default)" : m.Name).ToList();
        ServerReady(logger, ready.Count, models.Count, string.Join(", ", ready), address.Find());
    }

    private void Drain()
    {
        registry.Drain();
        Draining(logger, options.Value.DrainTimeout.TotalSeconds);
    }

    [LoggerMessage(EventIds.ServerReady, LogLevel.Information, "{Ready} of {Models} models are Ready: {Names}. Explore the API at {Address}/swagger")]
    private static partial void ServerReady(ILogger logger, int ready, int models, string names, string address);

    [LoggerMessage(EventIds.Draining, LogLevel.Information, "Shutting down: new requests are refused, those taken are answered within {DrainSeconds} s")]
    private static partial void Draining(ILogger logger, double drainSeconds);
}
