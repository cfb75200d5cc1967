using System.Diagnostics;

namespace SeqServe.Api.Observability;

/// <summary>
/// Gives every request a trace id, its caller's if it sends one, also where no traces are exported: log lines and problems name it. ASP.NET Core makes it while
/// something listens to its source.
/// </summary>
internal sealed class RequestTraces : IHostedService, IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ActivitySource.AddActivityListener(_listener);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();
}
