using Microsoft.Extensions.DependencyInjection;
using SeqServe.FunctionalTests.Support;
using Serilog.Core;

namespace SeqServe.FunctionalTests.Hosting;

public sealed class WarmUpTests
{
    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["SeqServe:WarmUp"] = "true",
        ["SeqServe:Models:0"] = "sentiment-lstm",
        ["SeqServe:DefaultModels:classification"] = "sentiment-lstm",
        ["SeqServe:Models:1"] = "en-fr-transformer",
        ["SeqServe:Models:2"] = "lm-gru",
        ["Serilog:MinimumLevel:Default"] = "Information",
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WarmUp_EveryKindOfRequest_IsAnsweredWithoutAKeyAndALine(bool hasKeys)
    {
        var log = new CapturedLog();
        var settings = new Dictionary<string, string>(s_settings);
        if (hasKeys)
            settings["SeqServe:ApiKeys:anna:Key"] = "0123456789abcdef";
        await using var server = await new SeqServer(settings, services => services.AddSingleton<ILogEventSink>(log)).StartAsync();

        // Twice each: two of classification as tensors, and classify, translate, next token, score, completions whole and streamed, and LibreTranslate's.
        Assert.Contains("Warmed up: 18 of 18 requests", log.Everything, StringComparison.Ordinal);
        Assert.Empty(log.Requests);
        using var client = server.CreateClient();
        var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.DoesNotContain("outcome=\"ok\"", metrics, StringComparison.Ordinal);
        Assert.Contains("outcome=\"warm_up\"", metrics, StringComparison.Ordinal);
    }
}
