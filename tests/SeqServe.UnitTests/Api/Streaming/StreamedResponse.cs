using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace SeqServe.UnitTests.Api.Streaming;

/// <summary>A response whose body starts with its first byte, as Kestrel's does.</summary>
internal sealed class StreamedResponse : HttpResponseFeature, IHttpResponseBodyFeature, IDisposable
{
    private static readonly TaskCompletionSource s_never = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly MemoryStream _written = new();
    private readonly SemaphoreSlim _writes = new(0);

    public StreamedResponse()
    {
        Stream = new Sink(this);
        Writer = PipeWriter.Create(Stream);
    }

    public override bool HasStarted => _written.Length > 0;

    public bool BufferingIsOff { get; private set; }

    public int Writes { get; private set; }

    public Exception? Fault { get; set; }

    /// <summary>Whether nobody reads: a write then never ends.</summary>
    public bool Stalls { get; set; }

    public string Written => Encoding.UTF8.GetString(_written.ToArray());

    public Stream Stream { get; }

    public PipeWriter Writer { get; }

    public async Task Wrote() => Assert.True(await _writes.WaitAsync(TimeSpan.FromSeconds(30)), "Nothing was written.");

    public void Dispose()
    {
        _written.Dispose();
        _writes.Dispose();
    }

    public void DisableBuffering() => BufferingIsOff = true;

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;

    private sealed class Sink(StreamedResponse owner) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (owner.Fault is { } fault)
                throw fault;
            owner._written.Write(buffer.Span);
            owner.Writes++;
            owner._writes.Release();
            return owner.Stalls ? new ValueTask(s_never.Task) : ValueTask.CompletedTask;
        }
    }
}
