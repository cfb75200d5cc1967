using System.Collections.Concurrent;
using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace SeqServe.FunctionalTests.Support;

/// <summary>What a server logs.</summary>
internal sealed class CapturedLog : ILogEventSink
{
    private readonly ConcurrentQueue<LogEvent> _events = new();

    /// <summary>The lines of requests, each written when its request has ended.</summary>
    public IReadOnlyList<LogEvent> Requests => [.. _events.Where(e => e.Properties.ContainsKey("RequestMethod"))];

    /// <summary>Every line.</summary>
    public IReadOnlyList<LogEvent> Lines => [.. _events];

    /// <summary>Forgets the lines so far.</summary>
    public void Forget() => _events.Clear();

    /// <summary>Every line with all of its properties and exceptions, as one text to search.</summary>
    public string Everything =>
        string.Join('\n',
            _events.Select(e => $"{e.RenderMessage(CultureInfo.InvariantCulture)} {string.Join(' ', e.Properties)} {e.Exception}"));

    public void Emit(LogEvent logEvent) => _events.Enqueue(logEvent);
}
