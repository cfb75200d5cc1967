using System.Reflection;
using System.Text.RegularExpressions;
using SeqServe.Api.Errors;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Errors;

public class ProblemKindsTests
{
    private static readonly ProblemKind[] s_all =
        [.. typeof(ProblemKinds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (ProblemKind)f.GetValue(null)!)];

    [Theory]
    [InlineData(ServingErrorCode.InvalidRequest, "invalid-request", 400, RequestOutcome.ClientError)]
    [InlineData(ServingErrorCode.Unauthorized, "unauthorized", 401, RequestOutcome.ClientError)]
    [InlineData(ServingErrorCode.ModelNotFound, "model-not-found", 404, RequestOutcome.ClientError)]
    [InlineData(ServingErrorCode.StateMismatch, "state-mismatch", 409, RequestOutcome.ClientError)]
    [InlineData(ServingErrorCode.PayloadTooLarge, "payload-too-large", 413, RequestOutcome.ClientError)]
    [InlineData(ServingErrorCode.InputTooLong, "input-too-long", 422, RequestOutcome.ClientError)]
    [InlineData(ServingErrorCode.InputEmpty, "input-empty", 422, RequestOutcome.ClientError)]
    [InlineData(ServingErrorCode.Overloaded, "overloaded", 429, RequestOutcome.Overloaded)]
    [InlineData(ServingErrorCode.RateLimited, "rate-limited", 429, RequestOutcome.Overloaded)]
    [InlineData(ServingErrorCode.ModelNotReady, "model-not-ready", 503, RequestOutcome.Error)]
    [InlineData(ServingErrorCode.Draining, "draining", 503, RequestOutcome.Error)]
    [InlineData(ServingErrorCode.DeadlineExceeded, "deadline-exceeded", 504, RequestOutcome.Deadline)]
    [InlineData(ServingErrorCode.InferenceFailed, "inference-failed", 500, RequestOutcome.Error)]
    public void Of_Code_IsItsRow(ServingErrorCode code, string slug, int status, RequestOutcome outcome)
    {
        var kind = ProblemKinds.Of(code);

        Assert.Equal((slug, status, outcome, $"/problems/{slug}"), (kind.Slug, kind.Status, kind.Outcome, kind.Type));
    }

    [Fact]
    public void Of_EveryCode_HasARowOfItsOwn()
    {
        var codes = Enum.GetValues<ServingErrorCode>();

        Assert.Equal(codes.Length, codes.Select(ProblemKinds.Of).Distinct().Count());
    }

    [Fact]
    public void Of_CodeOutsideOfTheTable_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => ProblemKinds.Of((ServingErrorCode)999));

    [Theory]
    [InlineData(404, "not-found")]
    [InlineData(405, "method-not-allowed")]
    [InlineData(408, "request-timeout")]
    [InlineData(413, "payload-too-large")]
    [InlineData(415, "unsupported-media-type")]
    [InlineData(400, "invalid-request")]
    [InlineData(500, "internal-error")]
    [InlineData(502, "internal-error")]
    public void OfStatus_OfTheFramework_IsARow(int status, string slug) => Assert.Equal(slug, ProblemKinds.OfStatus(status).Slug);

    [Fact]
    public void Rows_OfTheTable_AreDistinctAndReadable()
    {
        Assert.Equal(21, s_all.Length);
        Assert.Equal(s_all.Length, s_all.Select(k => k.Slug).Distinct().Count());
        Assert.All(s_all, kind => Assert.Matches(new Regex("^[a-z]+(-[a-z]+)*$"), kind.Slug));
        Assert.All(s_all, kind => Assert.InRange(kind.Status, 400, 504));
        Assert.All(s_all, kind => Assert.EndsWith(".", kind.Title, StringComparison.Ordinal));
    }
}
