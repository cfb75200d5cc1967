using SeqServe.Core.Backends;
using SeqServe.Onnx;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Sessions;

public sealed class SessionFactoryTests : IDisposable
{
    private static readonly string s_lstm = Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "1", "model.onnx");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_MissingFile_NamesItWithoutItsPath() => AssertTold(_folder.Of("absent.onnx"));

    [Fact]
    public void Open_FileThatIsNoGraph_NamesItWithoutItsPath() => AssertTold(_folder.Write("text.onnx", "This is no graph."));

    [Fact]
    public void Open_CutGraph_NamesItWithoutItsPath()
    {
        var file = _folder.Of("cut.onnx");
        File.WriteAllBytes(file, File.ReadAllBytes(s_lstm)[..^1000]);

        AssertTold(file);
    }

    // On the CPU build the provider is missing; on the GPU build without a device it cannot be used.
    [Fact]
    public void Open_CudaThatCannotBeHad_IsAClearError()
    {
        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.Sessions().Open(s_lstm, new InstanceOptions { Device = "cuda" })).Message;

        Assert.StartsWith("Device \"cuda\" is asked for", refusal, StringComparison.Ordinal);
        Assert.Contains("set the device to \"auto\" or \"cpu\"", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ProcessAsksForCuda_RefusesTheStart()
    {
        var sessions = OnnxBackends.Sessions(new OnnxOptions { Device = "cuda" });

        Assert.Contains("OnnxRuntimeFlavor=gpu", Assert.Throws<BackendException>(sessions.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ModelSaysCpuWhereTheProcessSaysCuda_TakesTheModelsWord()
    {
        using var pool = OnnxBackends.Sessions(new OnnxOptions { Device = "cuda" }).Open(s_lstm, new InstanceOptions { Device = "cpu" });

        Assert.Equal("cpu", pool.Device);
    }

    [Theory]
    [InlineData(4, null, 4)]
    [InlineData(4, 2, 2)]
    [InlineData(4, 4, 1)]
    [InlineData(2, 64, 1)]
    public void Open_OnTheCpu_PermitsAsManyRunsAsTheBudgetHolds(int threads, int? intraOp, int permits)
    {
        var sessions = OnnxBackends.Sessions(new OnnxOptions { Device = "cpu", Threads = threads });

        using var pool = sessions.Open(s_lstm, new InstanceOptions { IntraOpThreads = intraOp });

        Assert.Equal((1, permits), (pool.Count, pool.FreePermits));
    }

    [Fact]
    public void Rent_SeveralSessions_TakesTurns()
    {
        using var pool = OnnxBackends.Sessions().Open(s_lstm, new InstanceOptions { Sessions = 2 });

        using var first = pool.Rent();
        using var second = pool.Rent();

        Assert.NotSame(first.Session, second.Session);
        Assert.Equal(0, pool.FreePermits);
    }

    private void AssertTold(string file)
    {
        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.Sessions().Open(file, new InstanceOptions())).Message;

        Assert.StartsWith($"{Path.GetFileName(file)} cannot be opened: ", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, refusal, StringComparison.Ordinal);
    }
}
