using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Hosting;

/// <summary>
/// When the host stops, refuses new requests and waits for those taken while the server still listens: so a probe sees 503 and a client on a kept-alive
/// connection is told to go elsewhere, in place of a closed connection.
/// </summary>
internal sealed partial class DrainService(ModelRegistry registry, TakenRequests taken, IOptions<SeqServeOptions> options, ILogger<DrainService> logger)
    : IHostedLifecycleService
{
    // Before any service stops, the web server among them.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var answered = taken.CloseAsync();
        registry.Drain();
        Draining(logger, options.Value.DrainTimeout.TotalSeconds);
        // The token ends with the drain timeout; then the web server cuts off what is left.
        await answered.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventIds.Draining, LogLevel.Information, "Shutting down: new requests are refused, those taken are answered within {DrainSeconds} s")]
    private static partial void Draining(ILogger logger, double drainSeconds);
}
