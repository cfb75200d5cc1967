using System.Collections.Concurrent;
using System.Text;
using SeqServe.Api.Errors;
using SeqServe.Core.Batching;

namespace SeqServe.Api.Pipeline.Admission;

/// <summary>The body of a refusal in a protocol's shape, written once; from one refusal to the next only the trace changes.</summary>
internal sealed class RefusalBody
{
    private const int TraceIdLength = 32;

    private static readonly ConcurrentDictionary<(Type Shape, string Detail), RefusalBody> s_bodies = new();
    private static readonly string s_anyTrace = new('0', TraceIdLength);

    private readonly byte[] _bytes;
    private readonly int _traceAt;

    private RefusalBody(byte[] bytes)
    {
        _bytes = bytes;
        _traceAt = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(s_anyTrace));
    }

    public int Length => _bytes.Length;

    /// <summary>The body of a refusal. Kept: a queue has a handful of reasons, and each the same text for all its refusals.</summary>
    public static RefusalBody Of(QueueRefusal refusal, ErrorShape shape) =>
        s_bodies.TryGetValue((shape.GetType(), refusal.Detail), out var body) ? body : Add(refusal, shape);

    /// <summary>Writes the body.</summary>
    /// <param name="target">At least <see cref="Length"/> bytes.</param>
    /// <param name="traceId">32 hexadecimal digits.</param>
    public void Write(Span<byte> target, string traceId)
    {
        _bytes.CopyTo(target);
        // Not every protocol names the trace.
        if (_traceAt >= 0)
            Encoding.ASCII.GetBytes(traceId, target.Slice(_traceAt, TraceIdLength));
    }

    private static RefusalBody Add(QueueRefusal refusal, ErrorShape shape)
    {
        var failure = new Failure(ProblemKinds.Of(refusal.Code), refusal.Detail);
        return s_bodies.GetOrAdd((shape.GetType(), refusal.Detail), new RefusalBody(shape.Write(failure, s_anyTrace)));
    }
}
