using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Diagnostics;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Support;

/// <summary>How requests ended, once the server is done with each of them: a caller may have its answer earlier.</summary>
internal sealed class RequestEnds : IDisposable
{
    private readonly Channel<string> _outcomes = Channel.CreateUnbounded<string>();
    private readonly MeterListener _listener = new();

    public RequestEnds(SeqServer server)
    {
        var metrics = server.Services.GetRequiredService<ServingMetrics>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (metrics.Owns(instrument.Meter) && instrument.Name == "seqserve.requests")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) => _outcomes.Writer.TryWrite($"{tags.ToArray().First(t => t.Key == "outcome").Value}"));
        _listener.Start();
    }

    /// <summary>The outcome of the next request that ends.</summary>
    public Task<string> NextAsync() => Patience.Wait(_outcomes.Reader.ReadAsync().AsTask());

    public void Dispose() => _listener.Dispose();
}
