using System.Diagnostics;
using SeqServe.LoadTest;

namespace SeqServe.UnitTests.LoadTest;

public class SenderTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    private const string Refused = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n";
    private const string Closing = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

    [Fact]
    public async Task SendAsync_OneAfterTheOther_UsesOneConnection()
    {
        string[] answers = [Ok, Chunked, Refused];
        await using var server = new ScriptedServer(count => answers[count % answers.Length]);
        using var sender = SenderTo(server);
        var connection = sender.Connect();

        var statuses = new List<int>();
        for (var i = 0; i < 6; i++)
            statuses.Add(await sender.SendAsync(connection));

        Assert.Equal([200, 429, 200, 200, 429, 200], statuses);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task SendAsync_OfTwoTexts_SendsThemInTurnAsJson()
    {
        await using var server = new ScriptedServer(_ => Ok);
        using var sender = SenderTo(server, "say \"hi\"", "Grüße");
        var connection = sender.Connect();

        await sender.SendAsync(connection);
        await sender.SendAsync(connection);

        Assert.All(
            server.Requests, request => Assert.StartsWith($"POST /v1/classify HTTP/1.1\nHost: {server.Url.Authority}\n", request, StringComparison.Ordinal));
        Assert.Contains(server.Requests, request => request.EndsWith("""{"inputs": "say \u0022hi\u0022"}""", StringComparison.Ordinal));
        Assert.Contains(server.Requests, request => request.EndsWith("""{"inputs": "Gr\u00FC\u00DFe"}""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SendAsync_WhenTheAnswerClosesTheConnection_OpensAnother()
    {
        await using var server = new ScriptedServer(_ => Closing);
        using var sender = SenderTo(server);
        var connection = sender.Connect();

        Assert.Equal(200, await sender.SendAsync(connection));
        Assert.Equal(200, await sender.SendAsync(connection));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task SendAsync_WhenAKeptConnectionIsClosedWithoutAnAnswer_SendsOnceMore()
    {
        await using var server = new ScriptedServer(count => count == 2 ? null : Ok);
        using var sender = SenderTo(server);
        var connection = sender.Connect();

        Assert.Equal(200, await sender.SendAsync(connection));
        Assert.Equal(200, await sender.SendAsync(connection));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task SendAsync_WhenTheServerNeverAnswers_IsNoAnswer()
    {
        await using var server = new ScriptedServer(_ => null);
        using var sender = SenderTo(server);

        Assert.Equal(0, await sender.SendAsync(sender.Connect()));
    }

    [Fact]
    public async Task ConnectionPool_WithMoreDueThanConnections_SendsAllAndCountsFromWhenDue()
    {
        await using var server = new ScriptedServer(_ => Refused);
        using var sender = SenderTo(server);
        var recorder = new Recorder();
        recorder.Open();
        var pool = new ConnectionPool(sender, recorder, connections: 2);

        for (var i = 0; i < 50; i++)
            pool.Send(Stopwatch.GetTimestamp());
        while (recorder.Requests < 50)
            await Task.Yield();
        await pool.EndAsync();

        Assert.Equal(50, recorder.Statuses[429]);
        Assert.Equal(0, recorder.RefusedWithoutRetryAfter);
        Assert.InRange(server.Connections, 1, 2);
    }

    [Fact]
    public async Task ConnectionPool_WhenTheTurnEnds_GivesUpWhatIsOnItsWay()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer(_ =>
        {
            reached.TrySetResult();
            return "";
        });
        using var sender = SenderTo(server);
        var recorder = new Recorder();
        var pool = new ConnectionPool(sender, recorder, connections: 1);
        pool.Send(Stopwatch.GetTimestamp());
        pool.Send(Stopwatch.GetTimestamp());
        await reached.Task;

        sender.Dispose();
        await pool.EndAsync();

        Assert.Single(server.Requests);
    }

    private static Sender SenderTo(ScriptedServer server, params string[] texts) =>
        new(server.Url, new LoadOptions { Targets = [], Texts = texts.Length > 0 ? texts : ["good"] });
}
