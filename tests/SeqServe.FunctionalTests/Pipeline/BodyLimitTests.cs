using System.Net;
using System.Net.Http.Json;
using System.Text;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline;

public sealed class BodyLimitTests : IAsyncLifetime
{
    private const int Most = 2048;
    private readonly SeqServer _server = new(
        new Dictionary<string, string> { ["SeqServe:MaxRequestBytes"] = $"{Most}", ["SeqServe:Models:0"] = Shipped.Default });
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _server.OverKestrel().StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(Most, false, HttpStatusCode.OK)]
    [InlineData(Most, true, HttpStatusCode.OK)]
    [InlineData(Most + 1, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(Most + 1, true, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(20 * Most, false, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Body_OfSoManyBytes_IsTakenUpToTheLimit(int bytes, bool inChunks, HttpStatusCode expected)
    {
        using var response = await SendAsync(Body(bytes), inChunks);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Problem_OfALargeBody_NamesTheLimit()
    {
        using var response = await SendAsync(Body(Most + 1), inChunks: false);

        var problem = await Problems.ReadAsync(response, 413, "payload-too-large");
        Assert.Contains($"{Most} bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_OfALargeBodyInChunks_NamesTheLimit()
    {
        using var response = await SendAsync(Body(Most + 1), inChunks: true);

        var problem = await Problems.ReadAsync(response, 413, "payload-too-large");
        Assert.Contains($"{Most} bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_AfterALargeBody_AnswersTheNextRequest()
    {
        (await SendAsync(Body(20 * Most), inChunks: false)).Dispose();

        await _client.PostAsJsonAsync(Calls.Classify, new { inputs = Calls.Review }).ReadAsync();
    }

    private static byte[] Body(int bytes)
    {
        var empty = """{"inputs":"good"}""";
        return Encoding.UTF8.GetBytes($$"""{"inputs":"good{{new string(' ', bytes - empty.Length)}}"}""");
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, bool inChunks)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Calls.Classify) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = inChunks;
        return await _client.SendAsync(request);
    }
}
