using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace SeqServe.Benchmarks.HotPath;

/// <summary>Samples what the process allocates, by type: the runtime reports an object every 100 KB on average.</summary>
internal sealed class AllocatedTypes : EventListener
{
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;
    private const double BytesPerSample = 102_400;

    private readonly ConcurrentDictionary<string, int> _types = new();

    /// <summary>Bytes of each type's objects.</summary>
    public IReadOnlyList<(string Type, double Bytes)> Read() => [.. _types.Select(t => (t.Key, t.Value * BytesPerSample))];

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Informational, AllocationSampling);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName != "AllocationSampled" || eventData.Payload is not { } payload)
            return;
        var type = (string?)payload[eventData.PayloadNames!.IndexOf("TypeName")] ?? "?";
        _types.AddOrUpdate(type, 1, static (_, count) => count + 1);
    }
}
