using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Core.Batching;

public class RowFailuresTests
{
    [Fact]
    public void Of_AFailureWithAReasonForCallers_TellsItAndNothingElse()
    {
        var failure = RowFailures.Of(new BackendException("/models/secret.onnx died") { CallerReason = "It died." });

        Assert.Equal((ServingErrorCode.InferenceFailed, "It died."), (failure.Code, failure.Message));
    }

    [Fact]
    public void Of_AFailureForTheLog_TellsNothingOfIt()
    {
        var failure = RowFailures.Of(new BackendException("/models/secret.onnx died"));

        Assert.Equal(ServingErrorCode.InferenceFailed, failure.Code);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }
}
