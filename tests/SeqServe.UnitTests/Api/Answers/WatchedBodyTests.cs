using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Answers;
using SeqServe.Api.Configuration;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Api.Answers;

/// <summary>Answers over a connection of which the test reads as much as it likes, as fast as it likes.</summary>
public sealed class WatchedBodyTests
{
    private const int Large = 64 * WatchedBody.Piece;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    private readonly WatchedTime _time = new();
    private readonly ReadResponse _response = new();
    private readonly DefaultHttpContext _context = new();

    public WatchedBodyTests()
    {
        _context.Features.Set<IHttpResponseBodyFeature>(_response);
        _context.RequestAborted = CancellationToken.None;
    }

    [Fact]
    public async Task Flush_OfALargeAnswer_GoesOutInPiecesAndWhole()
    {
        var answer = Enumerable.Range(0, Large + 7).Select(i => (byte)(i / 251)).ToArray();
        var body = Watch();
        body.Write(answer);
        Assert.Equal((Large + 7, true), (body.UnflushedBytes, body.MustFlush));

        var flush = body.FlushAsync().AsTask();
        var read = new List<byte>();
        while (read.Count < answer.Length)
            read.AddRange(await _response.ReadAsync(atMost: WatchedBody.Piece + 4096));

        await Patience.Wait(flush);
        Assert.Equal(answer, read);
        Assert.Equal((0, false), (body.UnflushedBytes, body.MustFlush));
    }

    [Fact]
    public async Task Write_OfALargeMemory_GoesOutInPiecesAndWhole()
    {
        var body = Watch();
        body.Write("head"u8);

        var write = body.WriteAsync(new byte[Large]).AsTask();
        for (var read = 0; read < Large + 4;)
            read += (await _response.ReadAsync(atMost: WatchedBody.Piece)).Length;

        await Patience.Wait(write);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Large)]
    public async Task Flush_ThatIsNotRead_IsCutOffWhenTheTimeIsOver(int bytes)
    {
        var body = Watch();
        body.Write(new byte[bytes]);
        var flush = body.FlushAsync().AsTask();

        _time.Advance(s_longest - TimeSpan.FromMilliseconds(1));
        Assert.False(flush.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => Patience.Wait(flush));
        Assert.True(_context.RequestAborted.IsCancellationRequested);
    }

    [Theory]
    [InlineData(1.9, true)]
    [InlineData(2.1, false)]
    public async Task Flush_ThatIsReadSlowly_GoesOnAtTheLeastRate(double secondsPerPiece, bool isWhole)
    {
        var body = Watch();
        body.Write(new byte[Large]);
        var flush = body.FlushAsync().AsTask();

        // Two minutes and more, where one is allowed.
        for (var read = 0; read < Large;)
        {
            // Else the time would pass while nobody waits.
            await Task.WhenAny(flush, _time.WaitHasBegunAsync());
            if (flush.IsCompleted)
                break;
            _time.Advance(TimeSpan.FromSeconds(secondsPerPiece));
            read += (await _response.ReadAsync(atMost: WatchedBody.Piece + 4096)).Length;
        }

        if (isWhole)
            await Patience.Wait(flush);
        else
            await Assert.ThrowsAsync<ConnectionAbortedException>(() => Patience.Wait(flush));
    }

    [Fact]
    public async Task Flush_AfterAnother_HasWhatIsLeftOfTheTime()
    {
        var body = Watch();
        await FlushAndReadAfter(body, s_longest / 2);
        // What the server itself takes does not count.
        _time.Advance(10 * s_longest);
        await FlushAndReadAfter(body, s_longest / 4);

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => FlushAndReadAfter(body, s_longest / 4));
    }

    [Fact]
    public async Task Flush_OfEachMessage_HasTheTimeAnew()
    {
        var body = Watch(isEachMessage: true);
        for (var i = 0; i < 3; i++)
            await FlushAndReadAfter(body, s_longest * 0.9);

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => FlushAndReadAfter(body, s_longest));
    }

    private WatchedBody Watch(bool isEachMessage = false) =>
        new AnswerTime(Options.Create(new SeqServeOptions { MaxAnswerTime = s_longest }), _time, NullLogger<AnswerTime>.Instance)
            .Watch(_context, isEachMessage);

    private async Task FlushAndReadAfter(WatchedBody body, TimeSpan time)
    {
        body.Write("1"u8);
        var flush = body.FlushAsync().AsTask();
        _time.Advance(time);
        if (!flush.IsCompleted)
            await _response.ReadAsync(atMost: 1);
        await Patience.Wait(flush);
    }

    /// <summary>A clock that says when somebody begins to wait.</summary>
    private sealed class WatchedTime : FakeTimeProvider
    {
        private readonly Channel<bool> _waits = Channel.CreateUnbounded<bool>();

        public Task<bool> WaitHasBegunAsync() => Patience.Wait(_waits.Reader.ReadAsync().AsTask());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Assert.True(_waits.Writer.TryWrite(true));
            return timer;
        }
    }

    /// <summary>A body whose flush ends when all that was written has been read, as over HTTP/2.</summary>
    private sealed class ReadResponse : IHttpResponseBodyFeature
    {
        private readonly Pipe _pipe = new(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 1, resumeWriterThreshold: 1,
            useSynchronizationContext: false));

        public Stream Stream => throw new NotSupportedException();

        public PipeWriter Writer => _pipe.Writer;

        public async Task<byte[]> ReadAsync(int atMost)
        {
            var read = await Patience.Wait(_pipe.Reader.ReadAsync().AsTask());
            Assert.InRange(read.Buffer.Length, 1, atMost);
            var bytes = read.Buffer.ToArray();
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            return bytes;
        }

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
