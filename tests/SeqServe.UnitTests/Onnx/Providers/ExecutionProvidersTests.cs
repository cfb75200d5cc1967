using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx;
using SeqServe.Onnx.Providers;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Providers;

public sealed class ExecutionProvidersTests : IDisposable
{
    private static readonly string s_lstm = Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "1", "model.onnx");
    private readonly FakeLogger<ExecutionProviders> _log = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("auto", "auto", "other")]
    [InlineData("auto", "other", "other")]
    [InlineData("OTHER", "auto", "other")]
    [InlineData("cpu", "auto", "cpu")]
    [InlineData("other", "cpu", "cpu")]
    public void Registered_OneMoreProvider_IsChosenByItsNameAndByAuto(string process, string model, string expected)
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new OnnxOptions { Device = process, Threads = 4 })
            .AddSeqServeOnnx()
            .AddSingleton<IExecutionProvider, OtherProvider>()
            .BuildServiceProvider();
        services.ValidateSeqServeOnnx();

        using var backend = services.GetRequiredService<IBackendFactory>()
            .Open<IEncoderBackend>(new GraphSet(ClassifierContract.Default, s_lstm) { Instances = new InstanceOptions { Device = model } });

        Assert.Equal(expected, backend.Device);
        // One run at a time and no threads of the budget is what this provider says of itself.
        Assert.Equal(expected == "other" ? (1, 1) : (4, 4), (backend.ConcurrentRuns, backend.LatencyThreads));
    }

    [Fact]
    public void Open_ProviderThatFails_TakesTheNextAndSaysSo()
    {
        var broken = new OtherProvider { OnAppend = _ => throw new BackendException("no device") };

        using var pool = OnnxBackends.Sessions(new OnnxOptions(), Auto(broken)).Open(s_lstm, new InstanceOptions());

        Assert.Equal("cpu", pool.Device);
        Assert.StartsWith(
            "Execution provider other is passed over; cpu is used instead. Execution provider other cannot be used: no device. ",
            Assert.Single(Warnings()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ProviderThatTakesNoSession_IsPassedOverForEveryModel()
    {
        var broken = new OtherProvider { OnAppend = WithoutSession };
        var sessions = OnnxBackends.Sessions(new OnnxOptions(), Auto(broken));

        using var first = sessions.Open(s_lstm, new InstanceOptions());
        using var second = sessions.Open(s_lstm, new InstanceOptions());

        Assert.Equal(("cpu", "cpu"), (first.Device, second.Device));
        Assert.Single(Warnings());
    }

    [Fact]
    public void Open_ProviderThatFailsForOneModel_TakesTheNextForThatModel()
    {
        var appended = 0;
        var broken = new OtherProvider
        {
            OnAppend = _ =>
            {
                if (++appended == 2)
                    throw new BackendException("no memory");
            },
        };
        var sessions = OnnxBackends.Sessions(new OnnxOptions(), Auto(broken));

        using var first = sessions.Open(s_lstm, new InstanceOptions());
        using var second = sessions.Open(s_lstm, new InstanceOptions());

        Assert.Equal(("cpu", "other"), (first.Device, second.Device));
        Assert.Contains("no memory", Assert.Single(Warnings()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_DeviceThatTakesNoSession_IsRefusedWithWhatToDo()
    {
        var options = new OnnxOptions { Device = "other" };
        var providers = new ExecutionProviders([new CpuProvider(), new OtherProvider { OnAppend = WithoutSession }], options, _log);

        var refusal = Assert.Throws<BackendException>(OnnxBackends.Sessions(options, providers).Validate).Message;

        Assert.StartsWith("Execution provider other cannot be used: ", refusal, StringComparison.Ordinal);
        Assert.EndsWith("set the device to \"auto\" or \"cpu\".", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ProviderThatOnnxRuntimeRefuses_TakesTheNext()
    {
        var unknown = new OtherProvider { OnAppend = session => session.AppendExecutionProvider("NoSuchProvider") };

        using var pool = OnnxBackends.Sessions(new OnnxOptions(), Auto(unknown)).Open(s_lstm, new InstanceOptions());

        Assert.Equal("cpu", pool.Device);
        Assert.Single(Warnings());
    }

    [Fact]
    public void Open_FileThatNoProviderTakes_IsReportedOnceAndNotAsAFaultOfAProvider()
    {
        var file = _folder.Of("model.onnx");
        var node = new OnnxNode("NoSuchOperator", ["x"], ["y"]);
        File.WriteAllBytes(file, OnnxGraph.Of([new("x", OnnxGraph.FloatType, 0)], [new("y", OnnxGraph.FloatType, 0)], [node]));
        var sessions = OnnxBackends.Sessions(new OnnxOptions(), Auto(new OtherProvider()));

        var refusal = Assert.Throws<BackendException>(() => sessions.Open(file, new InstanceOptions()));

        Assert.StartsWith("model.onnx cannot be opened: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("NoSuchOperator", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Warnings());
    }

    [Fact]
    public void Open_BrokenFile_ReachesNoProvider()
    {
        var appended = 0;
        var provider = new OtherProvider { OnAppend = _ => appended++ };
        var sessions = OnnxBackends.Sessions(new OnnxOptions(), Auto(provider));

        Assert.Throws<BackendException>(() => sessions.Open(_folder.Write("model.onnx", "This is no graph."), new InstanceOptions()));

        Assert.Equal(0, appended);
        Assert.Empty(Warnings());
    }

    [Fact]
    public void Open_NamedProviderThatFails_FallsBackToNone()
    {
        var broken = new OtherProvider { OnAppend = _ => throw new BackendException("no device") };

        var sessions = OnnxBackends.Sessions(new OnnxOptions(), Auto(broken));

        var refusal = Assert.Throws<BackendException>(() => sessions.Open(s_lstm, new InstanceOptions { Device = "other" }));

        Assert.Equal(
            "Execution provider other cannot be used: no device. Check its device, driver and libraries, or set the device to \"auto\" or \"cpu\".",
            refusal.Message);
        Assert.Empty(Warnings());
    }

    public static TheoryData<string, Action<SessionOptions>> Refusals => new()
    {
        { "NoSuchProvider", session => session.AppendExecutionProvider("NoSuchProvider") },
        { "libnone.so", _ => throw new DllNotFoundException("Unable to load libnone.so") },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Open_ProviderThatCannotBeAppended_IsNamedWithWhatToDo(string reason, Action<SessionOptions> append)
    {
        var sessions = OnnxBackends.Sessions(new OnnxOptions(), Auto(new OtherProvider { OnAppend = append }));

        var refusal = Assert.Throws<BackendException>(() => sessions.Open(s_lstm, new InstanceOptions { Device = "other" })).Message;

        Assert.StartsWith("Execution provider other cannot be used: ", refusal, StringComparison.Ordinal);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.EndsWith("set the device to \"auto\" or \"cpu\".", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tpu", "which no execution provider has; set the device to \"auto\" or \"cpu\"")]
    [InlineData("other", "this build has no such thing, or set the device to \"auto\" or \"cpu\"")]
    public void Validate_DeviceThatIsNotThere_NamesThoseThatAre(string device, string remedy)
    {
        var providers = new ExecutionProviders([new CpuProvider(), new OtherProvider { IsAvailable = false }], new OnnxOptions { Device = device }, _log);

        var refusal = Assert.Throws<BackendException>(() => providers.Validate(static _ => { })).Message;

        Assert.StartsWith($"Device \"{device}\" is asked for", refusal, StringComparison.Ordinal);
        Assert.Contains(remedy, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ProviderThatIsNotAvailable_IsPassedOver()
    {
        var absent = new OtherProvider { IsAvailable = false, OnAppend = _ => throw new InvalidOperationException() };

        var providers = new ExecutionProviders([new CpuProvider(), absent], new OnnxOptions(), _log);

        Assert.Equal("cpu", providers.Open("auto", provider => provider.Name, static _ => { }));
        Assert.Contains("not part of this build: other", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    // Appended without a fault, as a provider is whose device is missing: the file of the trial is of another format.
    private static void WithoutSession(SessionOptions session) => session.AddSessionConfigEntry("session.load_model_format", "ORT");

    private ExecutionProviders Auto(IExecutionProvider more) => OnnxBackends.Providers(new OnnxOptions(), _log, more);

    private IReadOnlyList<FakeLogRecord> Warnings() => [.. _log.Collector.GetSnapshot().Where(record => record.Level >= LogLevel.Warning)];
}
