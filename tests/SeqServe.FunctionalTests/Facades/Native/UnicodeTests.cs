using System.Text;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

[Collection(ShippedSuite.Name)]
public sealed class UnicodeTests(ShippedServer server)
{
    [Theory]
    [InlineData("good\u0000film")]
    [InlineData("👍🏽 ❤️‍🔥 👨‍👩‍👧‍👦")]
    [InlineData("дивный фильм, 素晴らしい映画")]
    [InlineData("\u202egood\u202c \ufeff film")]
    [InlineData("e\u0301\u0301\u0301\u0301")]
    public async Task Text_OfUnusualCharacters_IsAnswered(string text)
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = text }).ReadAsync();

        Assert.True(answer.Results()[0].GetProperty("input_tokens").GetInt32() > 0);
    }

    [Theory]
    [InlineData("""{"inputs":"a \ud800 b"}""")]
    [InlineData("""{"inputs":"\udc00"}""")]
    [InlineData("""{"inputs":["good","\ud83d"]}""")]
    [InlineData("""{"inputs":"good","model":"\ud800"}""")]
    public async Task Text_WithALoneSurrogateEscape_IsRefusedForItsField(string body)
    {
        var problem = await server.Client.ClassifyRawAsync(body).AsProblemAsync(400, "invalid-request");

        Assert.Contains("Unicode", Assert.Single(problem.Errors()).Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xff)]
    [InlineData(0xc0)]
    [InlineData(0x80)]
    public async Task Text_OfInvalidUtf8_IsRefused(byte bad)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("{\"inputs\":\"good "), bad, .. Encoding.UTF8.GetBytes(" film\"}")];

        var problem = await server.Client.ClassifyRawAsync(body).AsProblemAsync(400, "invalid-request");

        Assert.Contains("Unicode", problem.Errors()["inputs"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_WithAByteOrderMark_IsRefusedWithThePlace()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("{\"inputs\":\"good\"}")];

        var problem = await server.Client.ClassifyRawAsync(body).AsProblemAsync(400, "invalid-request");

        Assert.Contains("line 1, byte 1", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_InUtf16_IsRefused()
    {
        await server.Client.ClassifyRawAsync(Encoding.Unicode.GetBytes("{\"inputs\":\"good\"}")).AsProblemAsync(400, "invalid-request");
    }

    [Fact]
    public async Task Text_EscapedOrNot_IsTheSameText()
    {
        var escaped = await server.Client.ClassifyRawAsync("""{"inputs":"\u0067ood \ud83d\ude00"}""").ReadAsync();
        var plain = await server.Client.ClassifyRawAsync("""{"inputs":"good 😀"}""").ReadAsync();

        Assert.Equal(plain.Results()[0].Scores(), escaped.Results()[0].Scores());
    }
}
