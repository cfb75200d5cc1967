using System.Globalization;
using System.Text.RegularExpressions;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline;

[Collection(ShippedSuite.Name)]
public sealed partial class TimingsTests(ShippedServer server)
{
    [Fact]
    public async Task ServerTiming_OfAnAnswer_EqualsItsTimings()
    {
        using var response = await server.Client.ClassifyAsync(new { inputs = Calls.Review });

        var timings = (await response.ReadJsonAsync()).GetProperty("timings");
        var match = ServerTiming().Match(Assert.Single(response.Headers.GetValues("Server-Timing")));
        Assert.True(match.Success);
        foreach (var stage in new[] { "tokenize", "queue", "compute" })
            Assert.Equal(timings.GetProperty($"{stage}_ms").GetDouble(), double.Parse(match.Groups[stage].Value, CultureInfo.InvariantCulture), 2e-3);
    }

    [Fact]
    public async Task Timings_OfAnAnswer_AreAllMeasured()
    {
        var timings = (await server.Client.ClassifyAsync(new { inputs = Calls.Review }).ReadAsync()).GetProperty("timings");

        Assert.True(timings.GetProperty("tokenize_ms").GetDouble() > 0);
        Assert.True(timings.GetProperty("queue_ms").GetDouble() >= 0);
        Assert.True(timings.GetProperty("compute_ms").GetDouble() > 0);
        Assert.Equal(1, timings.GetProperty("batch_size").GetInt32());
    }

    [Fact]
    public async Task ServerTiming_OfAFailure_IsLeftOut()
    {
        using var response = await server.Client.ClassifyAsync(new { inputs = "" });

        Assert.False(response.Headers.Contains("Server-Timing"));
    }

    [GeneratedRegex(@"^tokenize;dur=(?<tokenize>[\d.]+), queue;dur=(?<queue>[\d.]+), compute;dur=(?<compute>[\d.]+)$")]
    private static partial Regex ServerTiming();
}
