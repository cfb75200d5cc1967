using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SeqServe.UnitTests.Api.Facades.OpenInference;

/// <summary>A request whose body the test sends piece by piece. What waits for a piece goes on before the piece is sent whole, on the test's thread.</summary>
internal sealed class SentBody : IRequestBodyPipeFeature
{
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));

    public SentBody(long? length = null, params (string Name, string Value)[] headers)
    {
        Context.Features.Set<IRequestBodyPipeFeature>(this);
        Context.Request.ContentLength = length;
        foreach (var (name, value) in headers)
            Context.Request.Headers[name] = value;
    }

    public DefaultHttpContext Context { get; } = new();

    public HttpRequest Request => Context.Request;

    PipeReader IRequestBodyPipeFeature.Reader => _pipe.Reader;

    public PipeReader Reader => _pipe.Reader;

    public SentBody Send(ReadOnlySpan<byte> bytes)
    {
        _pipe.Writer.Write(bytes);
        var flushed = _pipe.Writer.FlushAsync().AsTask();
        Assert.True(flushed.IsCompletedSuccessfully);
        return this;
    }

    public SentBody End()
    {
        _pipe.Writer.Complete();
        return this;
    }
}
