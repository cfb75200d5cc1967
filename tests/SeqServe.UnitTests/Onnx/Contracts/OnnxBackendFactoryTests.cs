using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Contracts;

public sealed class OnnxBackendFactoryTests : IDisposable
{
    private static readonly GraphContract s_tagger = new(
    [
        new GraphRole("tagger")
        {
            Inputs = [new("ids", TensorDatatype.Int64, "[B,T]") { Meaning = TensorMeaning.TokenIds }],
            Outputs = [new("tags", TensorDatatype.Int64, "[B,T]")],
        },
        new GraphRole("scorer") { IsOptional = true },
    ]);

    private readonly TemporaryFolder _folder = new();

    private interface ITagger : IDisposable
    {
        SessionPool Pool { get; }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_BindingOfAnotherTask_TakesOneRegistration()
    {
        using var services = Services(new TaggerBinding());

        using var tagger = services.GetRequiredService<IBackendFactory>().Open<ITagger>(new GraphSet(s_tagger, Graph("ids", "tags")));

        Assert.Equal("cpu", tagger.Pool.Device);
    }

    [Fact]
    public void Open_BackendThatNothingBinds_SaysSo()
    {
        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.Factory().Open<ITagger>(new GraphSet(s_tagger, "")));

        Assert.Contains("no binding for ITagger", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BindingThatRefuses_LeavesNoSessionOpen()
    {
        var binding = new TaggerBinding();
        using var services = Services(binding);

        Assert.Throws<BackendException>(() => services.GetRequiredService<IBackendFactory>().Open<ITagger>(new GraphSet(s_tagger, Graph("ids", "labels"))));

        Assert.Throws<ObjectDisposedException>(() => binding.Opened!.Rent());
    }

    [Fact]
    public void Open_SecondGraphThatFails_IsTheReasonAndLeavesNoSessionOpen()
    {
        var opened = new List<SessionPool>();
        SessionPool Open(string path, InstanceOptions instances)
        {
            opened.Add(OnnxBackends.Sessions().Open(path, instances));
            return opened[^1];
        }

        var files = new Dictionary<string, string> { ["tagger"] = Graph("ids", "tags"), ["scorer"] = _folder.Write("scorer.onnx", "This is no graph.") };

        var refusal = Assert.Throws<BackendException>(() => OpenGraphs.Open(new GraphSet(s_tagger, files), Open));

        Assert.StartsWith("scorer.onnx cannot be opened", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => Assert.Single(opened).Rent());
    }

    [Fact]
    public void Open_GraphThatIsNotNamed_IsRefused()
    {
        var set = new GraphSet(s_tagger, new Dictionary<string, string> { ["scorer"] = Graph("ids", "tags") });

        var refusal = Assert.Throws<BackendException>(() => OpenGraphs.Open(set, OnnxBackends.Sessions().Open));

        Assert.Contains("no graph \"tagger\"", refusal.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(TaggerBinding binding) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(new OnnxOptions { Device = "cpu", Threads = 2 })
        .AddSeqServeOnnx()
        .AddSingleton<IGraphBinding>(binding)
        .BuildServiceProvider();

    private string Graph(string input, string output)
    {
        var file = _folder.Of("tagger.onnx");
        File.WriteAllBytes(file, OnnxGraph.Identity([new(input, OnnxGraph.LongType, 0, 0)], (new(output, OnnxGraph.LongType, 0, 0), input)));
        return file;
    }

    private sealed class TaggerBinding : GraphBinding<ITagger>
    {
        public SessionPool? Opened { get; private set; }

        protected override ITagger Bind(OpenGraphs graphs, DecoderWiring wiring)
        {
            var graph = graphs["tagger"];
            Opened = graph.Pool;
            SignatureCheck.Run(graph, graph.InputParts(wiring), graph.Role.Outputs);
            return new Tagger(graph.Pool);
        }
    }

    private sealed class Tagger(SessionPool pool) : ITagger
    {
        public SessionPool Pool => pool;

        public void Dispose() => pool.Dispose();
    }
}
