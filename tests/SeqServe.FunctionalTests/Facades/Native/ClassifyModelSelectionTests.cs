using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

[Collection(ShippedSuite.Name)]
public sealed class ClassifyModelSelectionTests(ShippedServer server)
{
    public static TheoryData<string> Classifiers => Shipped.Classifiers;

    [Theory]
    [MemberData(nameof(Classifiers))]
    public async Task Classify_ModelNamed_IsAnsweredByIt(string model)
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = Calls.Review, model }).ReadAsync();

        Assert.Equal(model, answer.GetProperty("model").GetString());
        Assert.NotEmpty(Assert.Single(answer.Results()).Label());
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public async Task Classify_VersionNamed_IsAnsweredByIt(string model)
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = Calls.Review, model, version = Shipped.Version(model) }).ReadAsync();

        Assert.Equal(Shipped.Version(model), answer.GetProperty("version").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public async Task Classify_VersionThereIsNot_NamesTheOnesThereAre(string model)
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = Calls.Review, model, version = 99 }).AsProblemAsync(404, "model-not-found");

        Assert.Contains("99", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.EndsWith($"it has {Shipped.Version(model)}.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classify_TwoModels_AreNotTheSameGraph()
    {
        var first = await server.Client.ClassifyAsync(new { inputs = Calls.Review, model = "sentiment-lstm" }).ReadAsync();
        var second = await server.Client.ClassifyAsync(new { inputs = Calls.Review, model = "sentiment-transformer" }).ReadAsync();

        Assert.NotEqual(first.Results()[0].Scores(), second.Results()[0].Scores());
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("a/b")]
    [InlineData("..\\x")]
    [InlineData("")]
    [InlineData("SENTIMENT-LSTM")]
    [InlineData("sentiment-lstm/1")]
    [InlineData("no\u0000such")]
    public async Task Classify_NameThatIsNoModel_IsNotFoundAndNotRepeated(string model)
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = Calls.Review, model }).AsProblemAsync(404, "model-not-found");

        Assert.Contains("/v1/models", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("passwd", problem.GetRawText(), StringComparison.Ordinal);
    }
}
