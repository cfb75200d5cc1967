using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Hosting;

/// <summary>
/// When the host stops: turns readiness, still answers for the configured delay what arrives from clients that have not seen it yet, then refuses new requests
/// and waits for those taken, while the server still listens. So a probe sees 503, and a client on a kept-alive connection gets an answer that sends it
/// elsewhere, in place of a closed connection.
/// </summary>
internal sealed partial class DrainService(
    ModelRegistry registry, ServerReadiness readiness, TakenRequests taken, IOptions<SeqServeOptions> options, TimeProvider time, ILogger<DrainService> logger)
    : IHostedLifecycleService
{
    // The web server closes a connection as soon as its last stream has ended, and a client that still sends on it then sees that it was closed, not why. The
    // number is a choice and was not measured.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    // Before any service stops, the web server among them. The token ends with the host's shutdown timeout; then the web server cuts off what is left.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.End();
        var delay = options.Value.ShutdownDelay;
        if (delay > TimeSpan.Zero)
        {
            Announced(logger, delay.TotalSeconds);
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var answered = taken.CloseAsync();
        registry.Drain();
        await readiness.DrainAsync();
        Draining(logger, options.Value.DrainTimeout.TotalSeconds);
        await answered.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (readiness.HasEndedStreams)
            await Task.Delay(s_lastWords, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventIds.ShutdownAnnounced, LogLevel.Information, "Shutting down: not ready from now on, requests are still answered for {DelaySeconds} s")]
    private static partial void Announced(ILogger logger, double delaySeconds);

    [LoggerMessage(EventIds.Draining, LogLevel.Information, "Shutting down: new requests are refused, those taken are answered within {DrainSeconds} s")]
    private static partial void Draining(ILogger logger, double drainSeconds);
}
