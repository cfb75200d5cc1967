using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

[Collection(ShippedSuite.Name)]
public sealed class ClassifyExplainTests(ShippedServer server)
{
    [Theory]
    [InlineData(Calls.Review)]
    [InlineData("  Schön 😀 gedreht —\tand   truly\nmoving  ")]
    public async Task Explain_EachWord_HasTheSpanItStandsAt(string text)
    {
        var attributions = await ExplainAsync(text);

        Assert.Equal(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), attributions.Select(a => a.GetProperty("token").GetString()));
        Assert.All(
            attributions,
            a => Assert.Equal(a.GetProperty("token").GetString(), text[a.GetProperty("start").GetInt32()..a.GetProperty("end").GetInt32()]));
    }

    [Fact]
    public async Task Explain_WeightOfAWord_IsWhatLeavingItOutCosts()
    {
        const string Text = "a wonderful film";

        var weight = (await ExplainAsync(Text))[1].GetProperty("weight").GetDouble();

        var with = (await server.Client.ClassifyAsync(new { inputs = Text }).ReadAsync()).Results()[0];
        var without = (await server.Client.ClassifyAsync(new { inputs = "a  film" }).ReadAsync()).Results()[0];
        Assert.Equal(Math.Log(with.Scores()[with.Label()]) - Math.Log(without.Scores()[with.Label()]), weight, 1e-3);
        Assert.True(weight > 0, "\"wonderful\" must speak for positive.");
    }

    [Fact]
    public async Task Explain_Array_ExplainsEveryText()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = new[] { "good", "bad and dull" }, explain = true }).ReadAsync();

        Assert.Equal([1, 3], answer.Results().Select(r => r.GetProperty("attributions").GetArrayLength()));
    }

    [Fact]
    public async Task Explain_MoreWordsThanMayBeExplained_IsRefusedWithTheField()
    {
        var text = string.Join(' ', Enumerable.Repeat("a", 200));

        var problem = await server.Client.ClassifyAsync(new { inputs = new[] { text, text, text }, explain = true }).AsProblemAsync(400, "invalid-request");

        Assert.Contains("512", problem.Errors()["explain"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_TextThatIsCut_IsRefusedWithItsIndex()
    {
        var text = string.Join(' ', Enumerable.Repeat("a", 600));

        var problem = await server.Client
            .ClassifyAsync(new { inputs = new[] { "good", text }, explain = true, truncate = true })
            .AsProblemAsync(400, "invalid-request");

        Assert.Contains("cannot be explained", problem.Errors()["inputs[1]"], StringComparison.Ordinal);
    }

    private async Task<JsonElement[]> ExplainAsync(string text)
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = text, explain = true }).ReadAsync();
        return [.. Assert.Single(answer.Results()).GetProperty("attributions").EnumerateArray()];
    }
}
