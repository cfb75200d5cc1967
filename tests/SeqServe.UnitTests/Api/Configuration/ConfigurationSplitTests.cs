using Microsoft.Extensions.Configuration;
using SeqServe.Api.Configuration;

namespace SeqServe.UnitTests.Api.Configuration;

public class ConfigurationSplitTests
{
    [Fact]
    public void Of_ManyFaults_FindsThemAllAndKeepsTheRest()
    {
        var split = Split(
            ("Threads", "abc"), ("Nope", "1"), ("Device", "gpu"), ("LogFormat", "5"), ("RequestTimeout", "soon"), ("Models", "a"), ("Device:Cuda", "0"),
            ("ApiKeys:anna:Kay", "x"), ("MaxClientBatch", "7"), ("ApiKeys:anna:Key", "0123456789abcdef"), ("DefaultModels:classification", "a"));

        Assert.Equal(
            ["SeqServe:ApiKeys:anna:Kay", "SeqServe:Device", "SeqServe:LogFormat",
                "SeqServe:Models", "SeqServe:Nope", "SeqServe:RequestTimeout", "SeqServe:Threads"],
            split.Faults.Select(f => f.Split(' ')[0].TrimEnd(':')).Order(StringComparer.Ordinal));
        Assert.Equal(["ApiKeys:anna:Key", "DefaultModels:classification", "MaxClientBatch"], split.Good.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Device", "CUDA")]
    [InlineData("DrainTimeout", "00:00:05")]
    [InlineData("MaxRequestBytes", "2000000")]
    [InlineData("models:0", "a")]
    [InlineData("Models", "")]
    public void Of_GoodValue_HasNoFault(string key, string value) => Assert.Empty(Split((key, value)).Faults);

    [Fact]
    public void Bind_FaultsAndGoodValues_TakesTheGoodOnes()
    {
        var options = new SeqServeOptions();

        options.Bind(Configuration(("Threads", "abc"), ("MaxClientBatch", "7"), ("ApiKeys:anna:Key", "0123456789abcdef")));

        Assert.Equal(7, options.MaxClientBatch);
        Assert.Equal("0123456789abcdef", options.ApiKeys["anna"].Key);
        Assert.Contains("Threads = abc", Assert.Single(options.BindingFaults), StringComparison.Ordinal);
    }

    private static ConfigurationSplit Split(params (string Key, string Value)[] values) =>
        ConfigurationSplit.Of(Configuration(values).GetSection("SeqServe"), typeof(SeqServeOptions));

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create<string, string?>($"SeqServe:{v.Key}", v.Value))).Build();
}
