using Microsoft.AspNetCore.Http;
using SeqServe.Api.Errors;

namespace SeqServe.UnitTests.Api.Errors;

public class FailureTests
{
    private const string WordsOfTheWebServer = "Reading the request body timed out due to data arriving too slowly. See MinRequestBodyDataRate.";

    [Theory]
    [InlineData(400, "invalid-request", 400)]
    [InlineData(408, "request-timeout", 408)]
    [InlineData(413, "payload-too-large", 413)]
    [InlineData(415, "unsupported-media-type", 415)]
    [InlineData(431, "invalid-request", 400)]
    public void Of_ARefusalOfTheWebServer_HasItsStatusAndNoneOfItsWords(int status, string slug, int told)
    {
        var failure = Failure.Of(new BadHttpRequestException(WordsOfTheWebServer, status));

        Assert.Equal((slug, told), (failure.Kind.Slug, failure.Kind.Status));
        Assert.DoesNotContain("MinRequestBodyDataRate", failure.Detail, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OfStatus_400_NamesNoFieldOfSomeOtherRequest() => Assert.DoesNotContain("top_k", Failure.OfStatus(400).Detail, StringComparison.Ordinal);
}
