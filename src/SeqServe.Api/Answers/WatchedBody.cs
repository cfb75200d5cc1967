using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace SeqServe.Api.Answers;

/// <summary>
/// The body of a response that is written as fast as its caller reads it, and no longer than <see cref="AnswerTime"/> says. The web server would take any
/// amount that is written without a flush, and over HTTP/2 says nothing before all of it has been read; so no more than <see cref="Piece"/> bytes are with it
/// at a time, and the rest waits here.
/// </summary>
internal sealed class WatchedBody(IHttpResponseBodyFeature inner, AnswerClock clock, bool isEachMessage) : PipeWriter, IHttpResponseBodyFeature
{
    /// <summary>Most bytes that the web server has at a time, as many as it takes from a connection that is not read.</summary>
    public const int Piece = 64 * 1024;

    private readonly PipeWriter _body = inner.Writer;
    private Stream? _stream;
    private Pipe? _rest;

    // What has been written to the web server and to the rest, and not flushed.
    private long _direct;
    private long _waiting;

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _direct + _waiting;

    /// <summary>Whether more is written than the web server sends by itself when the request ends.</summary>
    public bool MustFlush => _waiting > 0;

    private bool IsFull => _direct >= Piece;

    public override Memory<byte> GetMemory(int sizeHint = 0) => IsFull ? Rest().GetMemory(sizeHint) : _body.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => IsFull ? Rest().GetSpan(sizeHint) : _body.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        // The memory came from where it would come from now: only this fills the first.
        if (IsFull)
        {
            Rest().Advance(bytes);
            _waiting += bytes;
        }
        else
        {
            _body.Advance(bytes);
            _direct += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (isEachMessage)
            clock.Restart();
        var bytes = _direct;
        _direct = 0;
        var flush = _body.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully && _waiting == 0 ? Took(flush, bytes) : WaitAsync(flush.AsTask(), bytes, cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.Length + UnflushedBytes > Piece)
            return WritePiecesAsync(source, cancellationToken);
        if (isEachMessage)
            clock.Restart();
        var bytes = source.Length + _direct;
        _direct = 0;
        var write = _body.WriteAsync(source, cancellationToken);
        return write.IsCompletedSuccessfully ? Took(write, bytes) : WaitAsync(write.AsTask(), bytes, cancellationToken);
    }

    public override void CancelPendingFlush() => _body.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _body.Complete(exception);

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public async Task CompleteAsync()
    {
        if (_waiting > 0)
            await FlushAsync();
        await inner.CompleteAsync();
    }

    private PipeWriter Rest() => (_rest ??= new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false))).Writer;

    private ValueTask<FlushResult> Took(ValueTask<FlushResult> flush, long bytes)
    {
        clock.Took(bytes);
        return flush;
    }

    private async ValueTask<FlushResult> WritePiecesAsync(ReadOnlyMemory<byte> source, CancellationToken cancellation)
    {
        var result = UnflushedBytes > 0 ? await FlushAsync(cancellation) : default;
        for (; !source.IsEmpty && !result.IsCompleted; source = source[Math.Min(Piece, source.Length)..])
            result = await WriteAsync(source[..Math.Min(Piece, source.Length)], cancellation);
        return result;
    }

    private async ValueTask<FlushResult> WaitAsync(Task<FlushResult> write, long bytes, CancellationToken cancellation)
    {
        await clock.WaitAsync(write);
        clock.Took(bytes);
        var result = await write;
        if (_waiting == 0)
            return result;
        _waiting = 0;
        await _rest!.Writer.FlushAsync(CancellationToken.None);
        while (!result.IsCompleted && _rest.Reader.TryRead(out var read) && !read.Buffer.IsEmpty)
        {
            var piece = read.Buffer.Slice(0, Math.Min(Piece, read.Buffer.Length));
            // Behind AdvanceTo the memory of the piece is another's, and so is its length.
            var size = piece.Length;
            foreach (var part in piece)
                _body.Write(part.Span);
            _rest.Reader.AdvanceTo(piece.End);
            var flush = _body.FlushAsync(cancellation).AsTask();
            await clock.WaitAsync(flush);
            clock.Took(size);
            result = await flush;
        }

        return result;
    }
}
