using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Graphs;

public sealed class TensorRunnerTests : IDisposable
{
    private static readonly TensorRow s_row = new([new Tensor("x", TensorDatatype.Fp32, [1, 2], new byte[8])], ["y"], 1024, default);

    private readonly FakeTensorBackend _backend = new();

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Run_ThatFailsWithAReasonForCallers_TellsItAndNothingElse()
    {
        _backend.OnRun = () => throw new BackendException("/models/secret.onnx died") { CallerReason = "It died." };

        var failure = Assert.Throws<ServingException>(() => new TensorRunner(_backend, 1 << 20).Run([s_row]));

        Assert.Equal((ServingErrorCode.InferenceFailed, "It died.", null), (failure.Code, failure.Message, failure.RetryAfter));
        Assert.IsType<BackendException>(failure.InnerException);
    }

    [Fact]
    public void Run_WhileNothingCanRun_SaysWhenToRetry()
    {
        _backend.OnRun = () => throw new BackendException("no process") { CallerReason = "Not now.", RetryAfter = TimeSpan.FromSeconds(5) };

        var failure = Assert.Throws<ServingException>(() => new TensorRunner(_backend, 1 << 20).Run([s_row]));

        Assert.Equal((ServingErrorCode.ModelNotReady, TimeSpan.FromSeconds(5)), (failure.Code, failure.RetryAfter));
    }

    [Fact]
    public void Run_ThatFailsForTheLogAlone_LeavesTheFailureAsItIs()
    {
        _backend.OnRun = () => throw new BackendException("/models/secret.onnx died");

        Assert.Throws<BackendException>(() => new TensorRunner(_backend, 1 << 20).Run([s_row]));
    }
}
