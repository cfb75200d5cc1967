using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

[Collection(ShippedSuite.Name)]
public sealed class FaultyInputsTests(ShippedServer server)
{
    private static readonly string s_long = string.Join(' ', Enumerable.Repeat("wonderful", 300));

    [Fact]
    public async Task Array_OneFaultyItem_FailsWholeAndNamesItsIndex()
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = new[] { "good", " \t\n", "bad" } }).AsProblemAsync(422, "input-empty");

        Assert.Equal(["inputs[1]"], problem.Errors().Keys);
        Assert.False(problem.TryGetProperty("results", out _));
    }

    [Fact]
    public async Task Array_SeveralFaultyItems_AreAllNamed()
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = new[] { s_long, "good", "", s_long, "\u0000" } }).AsProblemAsync(422, "input-too-long");

        Assert.Equal(["inputs[0]", "inputs[2]", "inputs[3]", "inputs[4]"], problem.Errors().Keys);
        Assert.Contains("256", problem.Errors()["inputs[3]"], StringComparison.Ordinal);
        Assert.Contains("visible character", problem.Errors()["inputs[4]"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Array_HundredTwentyEightTexts_AreTaken()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = Enumerable.Repeat("good", 128) }).ReadAsync();

        Assert.Equal(128, answer.Results().Length);
    }

    [Fact]
    public async Task Array_HundredTwentyNineTexts_AreRefusedWithTheLimit()
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = Enumerable.Repeat("good", 129) }).AsProblemAsync(400, "invalid-request");

        Assert.Contains("at most 128", problem.Errors()["inputs"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Array_Empty_IsRefused()
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = Array.Empty<string>() }).AsProblemAsync(400, "invalid-request");

        Assert.Contains("at least one", problem.Errors()["inputs"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t ")]
    [InlineData("\u0000")]
    [InlineData("\u2003\u00a0\u3000")]
    public async Task Text_WithoutAnythingVisible_IsEmpty(string text)
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = text }).AsProblemAsync(422, "input-empty");

        Assert.Equal(["inputs"], problem.Errors().Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public async Task TopK_OutOfRange_IsRefusedWithTheRange(int topK)
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = "good", top_k = topK }).AsProblemAsync(400, "invalid-request");

        Assert.Contains("1–2", problem.Errors()["top_k"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_OfOneMegabyte_IsTooLongAndSaysSo()
    {
        var text = new string('a', (1 << 20) - 100);

        var problem = await server.Client.ClassifyAsync(new { inputs = text }).AsProblemAsync(422, "input-too-long");

        Assert.Contains("truncate", problem.Errors()["inputs"], StringComparison.Ordinal);
        Assert.True(problem.GetRawText().Length < 1_000, "The problem repeats the text.");
    }

    [Fact]
    public async Task Text_LargerThanTheBodyMayBe_IsRefusedWithTheLimit()
    {
        var problem = await server.Client.ClassifyAsync(new { inputs = new string('a', 1 << 20), truncate = true }).AsProblemAsync(413, "payload-too-large");

        Assert.Contains("1048576 bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_OfOneMegabyteToTruncate_IsAnswered()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = new string('a', (1 << 20) - 100), truncate = true }).ReadAsync();

        Assert.True(answer.Results()[0].GetProperty("truncated").GetBoolean());
    }
}
