using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Security;

namespace SeqServe.UnitTests.Api.Security;

public class ApiKeysTests
{
    private const string Anna = "a-key-of-sixteen-or-more";
    private const string Bert = "b-key-of-sixteen-or-more";

    [Fact]
    public void Find_KnownKey_IsItsHolders()
    {
        using var keys = Keys();

        Assert.True(keys.Any);
        Assert.Equal(60, keys.Find(Bert)!.RequestsPerMinute);
        Assert.Null(keys.Find(Anna)!.RequestsPerMinute);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-key-of-sixteen-or-mor")]
    [InlineData("A-KEY-OF-SIXTEEN-OR-MORE")]
    public void Find_OtherKey_IsNobodys(string sent)
    {
        using var keys = Keys();

        Assert.Null(keys.Find(sent));
    }

    [Fact]
    public void Any_WithoutKeys_IsFalse()
    {
        using var keys = new ApiKeys(Options.Create(new SeqServeOptions()));

        Assert.False(keys.Any);
    }

    [Fact]
    public void Limiter_OfAMinute_LetsThatManyInAtOnce()
    {
        using var key = new ApiKey(default, requestsPerMinute: 3);

        var admitted = Enumerable.Range(0, 4).Select(_ => key.Limiter.AttemptAcquire().IsAcquired).ToList();

        Assert.Equal([true, true, true, false], admitted);
    }

    private static ApiKeys Keys() => new(Options.Create(new SeqServeOptions
    {
        ApiKeys =
        {
            ["anna"] = new ApiKeyOptions { Key = Anna },
            ["bert"] = new ApiKeyOptions { Key = Bert, RequestsPerMinute = 60 },
        },
    }));
}
