using System.Net;
using System.Text;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Errors;

[Collection(ShippedSuite.Name)]
public sealed class MalformedBodiesTests(ShippedServer server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task FiveHundredBodies_Malformed_AreProblemsOfTheClientOrAnswers(int seed)
    {
        var bodies = new MalformedBodies(seed);
        var statuses = new Dictionary<int, int>();

        for (var i = 0; i < 500; i++)
        {
            var body = bodies.Next();
            using var response = await server.Client.ClassifyRawAsync(body);
            statuses[(int)response.StatusCode] = statuses.GetValueOrDefault((int)response.StatusCode) + 1;
            await AssertHandledAsync(response, body);
        }

        Assert.True(statuses[400] > 250, "Hardly a body was malformed.");
        await server.Client.ClassifyAsync(new { inputs = Calls.Review }).ReadAsync();
    }

    [Fact]
    public void Bodies_OfOneSeed_AreTheSameEachTime()
    {
        var (first, second) = (new MalformedBodies(1), new MalformedBodies(1));

        Assert.Equal(Enumerable.Range(0, 50).Select(_ => first.Next()), Enumerable.Range(0, 50).Select(_ => second.Next()));
    }

    private static async Task AssertHandledAsync(HttpResponseMessage response, byte[] sent)
    {
        var body = await response.Content.ReadAsStringAsync();
        if (response.StatusCode == HttpStatusCode.OK)
            return;
        Assert.True((int)response.StatusCode is 400 or 404 or 422, $"{(int)response.StatusCode} for {Encoding.Latin1.GetString(sent)}: {body}");
        Problems.AssertIsProblem(response, body);
    }
}
