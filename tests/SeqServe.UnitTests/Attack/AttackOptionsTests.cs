using SeqServe.Attack;

namespace SeqServe.UnitTests.Attack;

public class AttackOptionsTests
{
    [Fact]
    public void Parse_OfNothing_IsTheServerBuiltBesideIt()
    {
        var options = AttackOptions.Parse([], out var fault);

        Assert.Empty(fault);
        Assert.Equal(20_000, options!.Requests);
        Assert.Equal("dotnet", options.Server[0]);
        Assert.EndsWith("SeqServe.Api.dll", options.Server[1], StringComparison.Ordinal);
        Assert.Null(options.Url);
    }

    [Theory]
    [InlineData("5", 5, 5)]
    [InlineData("5-9", 5, 9)]
    public void Parse_OfOnly_IsARange(string text, long first, long last) =>
        Assert.Equal((first, last), AttackOptions.Parse(["--only", text], out _)!.Only);

    [Theory]
    [InlineData("--requests")]
    [InlineData("requests", "5")]
    [InlineData("--nope", "5")]
    [InlineData("--requests", "many")]
    [InlineData("--url", "http://127.0.0.1:1", "--server", "a.dll")]
    public void Parse_OfAWrongLine_SaysWhatIsWrong(params string[] args)
    {
        Assert.Null(AttackOptions.Parse(args, out var fault));
        Assert.NotEmpty(fault);
    }
}
