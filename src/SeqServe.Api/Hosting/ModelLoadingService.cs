using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Observability;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Api.Hosting;

/// <summary>Loads the repository while the server already listens.</summary>
internal sealed partial class ModelLoadingService(
    ModelRegistry registry, IOptions<SeqServeOptions> options, ServerAddress address, WarmUp warmUp, ServerReadiness readiness,
    ILogger<ModelLoadingService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (GraphFolder.ClearLeftovers() is > 0 and var leftovers)
            LeftoversCleared(logger, leftovers);
        await Task.Run(() => registry.LoadAll(options.Value.Threads, stoppingToken), stoppingToken);
        // What reading and optimizing the graphs took: 5 % of what the shipped models then hold.
        NativeHeap.Trim();
        if (options.Value.WarmUp)
            await warmUp.RunAsync(stoppingToken);
        readiness.Warmed();

        var models = registry.List();
        var ready = models.Where(m => m.IsReady).Select(m => m.IsDefault ? $"{m.Name} (default)" : m.Name).ToList();
        ServerReady(logger, ready.Count, models.Count, string.Join(", ", ready), address.Find());
        if (options.Value.ApiKeys.Count == 0 && address.IsReachable())
            OpenToAll(logger);
    }

    [LoggerMessage(
        EventIds.OpenToAll,
        LogLevel.Warning,
        "The server is reachable from other machines and has no API keys: whoever reaches it may use its models. Set SeqServe__ApiKeys__<holder>__Key, or let "
        + "only a proxy reach it")]
    private static partial void OpenToAll(ILogger logger);

    [LoggerMessage(EventIds.LeftoversCleared, LogLevel.Information, "Removed {Folders} temporary folders that killed processes had left")]
    private static partial void LeftoversCleared(ILogger logger, int folders);

    [LoggerMessage(EventIds.ServerReady, LogLevel.Information, "{Ready} of {Models} models are Ready: {Names}. Explore the API at {Address}/swagger")]
    private static partial void ServerReady(ILogger logger, int ready, int models, string names, string address);
}
