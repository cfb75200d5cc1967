using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Answers;
using SeqServe.Api.Configuration;
using SeqServe.Api.Errors;
using SeqServe.Api.Streaming;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Api.Streaming;

public sealed class ServerSentEventsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<StreamEvent> _events = Channel.CreateUnbounded<StreamEvent>();
    private readonly StreamedResponse _response = new();
    private readonly CancellationTokenSource _client = new();
    private readonly DefaultHttpContext _context = new();
    private bool _sourceEnded;

    public ServerSentEventsTests()
    {
        _context.Features.Set<IHttpResponseFeature>(_response);
        _context.Features.Set<IHttpResponseBodyFeature>(_response);
        _context.RequestAborted = _client.Token;
    }

    public void Dispose()
    {
        _response.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task SendAsync_Events_WritesThemInTheirFormat()
    {
        _events.Writer.TryWrite(Event("token", "{\"index\":0}"));
        _events.Writer.TryWrite(Event(null, "[DONE]"));
        _events.Writer.Complete();

        await Send();

        Assert.Equal("event: token\ndata: {\"index\":0}\n\ndata: [DONE]\n\n", _response.Written);
        Assert.Equal("text/event-stream", _context.Response.ContentType);
        Assert.Equal("no", _context.Response.Headers["X-Accel-Buffering"]);
        Assert.True(_response.BufferingIsOff);
        Assert.True(_sourceEnded);
    }

    [Fact]
    public async Task SendAsync_EventsThatAreThere_GoOutInOneWrite()
    {
        _events.Writer.TryWrite(Event(null, "1"));
        _events.Writer.TryWrite(Event(null, "2"));
        var sending = Send();
        await _response.Wrote();
        _events.Writer.TryWrite(Event(null, "3"));
        _events.Writer.Complete();

        await sending;

        Assert.Equal("data: 1\n\ndata: 2\n\ndata: 3\n\n", _response.Written);
        Assert.Equal(2, _response.Writes);
    }

    [Fact]
    public async Task SendAsync_FailureBeforeTheFirstEvent_IsThrownWithNothingSent()
    {
        _events.Writer.Complete(Overloaded());

        await Assert.ThrowsAsync<ServingException>(Send);

        Assert.Equal("", _response.Written);
    }

    [Fact]
    public async Task SendAsync_FailureLater_EndsTheStreamWithTheProblem()
    {
        _events.Writer.TryWrite(Event("token", "1"));
        _events.Writer.Complete(Overloaded());

        await Send();

        Assert.StartsWith("event: token\ndata: 1\n\nevent: error\ndata: {\"type\":\"/problems/overloaded\"", _response.Written, StringComparison.Ordinal);
        Assert.Same(ProblemKinds.Overloaded, _context.Features.Get<ProblemKind>());
    }

    [Fact]
    public async Task SendAsync_UnknownFailureLater_TellsNothingOfIt()
    {
        _events.Writer.TryWrite(Event("token", "1"));
        _events.Writer.Complete(new InvalidOperationException("secret"));

        await Send();

        Assert.Contains("/problems/internal-error", _response.Written, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", _response.Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_Silence_IsFilledWithComments()
    {
        var sending = Send();
        _time.Advance(ServerSentEvents.KeepAlive);
        await _response.Wrote();
        _events.Writer.TryWrite(Event(null, "1"));
        _events.Writer.Complete();

        await sending;

        Assert.Equal(": keep-alive\n\ndata: 1\n\n", _response.Written);
    }

    [Fact]
    public async Task SendAsync_ClientGoesInTheMiddle_EndsTheSourceAndIsNoError()
    {
        _events.Writer.TryWrite(Event(null, "1"));
        var sending = Send();
        await _response.Wrote();

        await _client.CancelAsync();
        await sending;

        Assert.True(_sourceEnded);
        Assert.Null(_context.Features.Get<ProblemKind>());
    }

    [Fact]
    public async Task SendAsync_CommentThatCannotBeWritten_EndsTheSource()
    {
        _response.Fault = new IOException("broken pipe");
        var sending = Send();

        _time.Advance(ServerSentEvents.KeepAlive);

        await Assert.ThrowsAsync<IOException>(() => sending);
        Assert.True(_sourceEnded);
    }

    [Fact]
    public async Task SendAsync_ClientThatDoesNotRead_IsCutOffAndEndsTheSource()
    {
        _response.Stalls = true;
        _events.Writer.TryWrite(Event(null, "1"));
        var sending = Send();

        _time.Advance(new SeqServeOptions().MaxAnswerTime - TimeSpan.FromMilliseconds(1));
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Patience.Wait(sending);
        Assert.True(_sourceEnded);
        Assert.True(_context.RequestAborted.IsCancellationRequested);
    }

    private static StreamEvent Event(string? name, string data) => new(name, Encoding.UTF8.GetBytes(data));

    private static ServingException Overloaded() => new(ServingErrorCode.Overloaded, "full");

    private Task Send()
    {
        var answers = new AnswerTime(Options.Create(new SeqServeOptions()), _time, NullLogger<AnswerTime>.Instance);
        return new ServerSentEvents(answers, _time, NullLogger<ServerSentEvents>.Instance).SendAsync(_context, Source());
    }

    private async IAsyncEnumerable<StreamEvent> Source([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            await foreach (var item in _events.Reader.ReadAllAsync(cancellation))
                yield return item;
        }
        finally
        {
            _sourceEnded = true;
        }
    }
}
