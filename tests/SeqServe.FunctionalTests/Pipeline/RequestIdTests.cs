using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline;

[Collection(ShippedSuite.Name)]
public sealed class RequestIdTests(ShippedServer server)
{
    private const string Header = "X-Request-Id";

    [Theory]
    [InlineData("order-4711")]
    [InlineData("a/b:c_d~e=")]
    public async Task Id_Usable_IsEchoed(string id)
    {
        using var response = await server.Client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, (Header, id));

        Assert.Equal(id, Assert.Single(response.Headers.GetValues(Header)));
    }

    [Fact]
    public async Task Id_OfAFailingRequest_IsEchoedToo()
    {
        using var response = await server.Client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = 1 }, (Header, "order-4711"));

        Assert.Equal("order-4711", Assert.Single(response.Headers.GetValues(Header)));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("tab\there")]
    [InlineData("naïve")]
    public async Task Id_NotOfVisibleAscii_IsReplaced(string id)
    {
        using var response = await server.Client.SendAsync(HttpMethod.Get, "/v1/models", null, (Header, id));

        AssertMade(response, id);
    }

    [Fact]
    public async Task Id_TooLong_IsReplaced()
    {
        var id = new string('x', 129);

        using var response = await server.Client.SendAsync(HttpMethod.Get, "/v1/models", null, (Header, id));

        AssertMade(response, id);
    }

    [Fact]
    public async Task Id_NoneSent_IsMadeAnewForEachRequest()
    {
        using var first = await server.Client.ClassifyAsync(new { inputs = "good" });
        using var second = await server.Client.ClassifyAsync(new { inputs = "good" });

        AssertMade(first, "");
        Assert.NotEqual(first.Headers.GetValues(Header), second.Headers.GetValues(Header));
    }

    private static void AssertMade(HttpResponseMessage response, string sent)
    {
        var id = Assert.Single(response.Headers.GetValues(Header));
        Assert.NotEqual(sent, id);
        Assert.Matches("^[!-~]{8,128}$", id);
    }
}
