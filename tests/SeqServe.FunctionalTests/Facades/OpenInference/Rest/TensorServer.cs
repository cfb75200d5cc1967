using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

/// <summary>A server with small graphs made for the tests, bare and with a manifest, beside copies of a shipped classifier, over real sockets.</summary>
public sealed class TensorServer : IAsyncLifetime
{
    public const string Same = "same";
    public const string Scalar = "scalar";
    public const string Strings = "strings";
    public const string Odd = "odd";
    public const string Pick = "pick";
    public const string Half = "half";
    public const string BrainFloat = "bf16";
    public const string Recurrent = "recurrent";
    public const string Sum = "sum";
    public const string Classifier = "film";
    public const string OddName = "{\"name\": \"onnx::Flatten_0\"}";

    private const int HalfType = 10;
    private const int BrainFloatType = 16;

    private readonly TemporaryRepository _repository = new TemporaryRepository().With(Classifier);

    public TensorServer()
    {
        // y = x of [-1,2], and what it is in whole numbers.
        Write(Same, OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0, 2)],
            [new("y", OnnxGraph.FloatType, 0, 2), new("n", OnnxGraph.LongType, 0, 2)],
            [
                new OnnxNode("Identity", ["x"], ["y"]),
                new OnnxNode("Cast", ["x"], ["n"]) { Attributes = new Dictionary<string, object> { ["to"] = (long)OnnxGraph.LongType } },
            ]));
        Write(Scalar, OnnxGraph.Identity([new("x", OnnxGraph.FloatType)], (new("y", OnnxGraph.FloatType), "x")));
        Write(Strings, OnnxGraph.Identity([new("x", OnnxGraph.StringType, 0)], (new("y", OnnxGraph.StringType, 0), "x")));
        Write(Odd, OnnxGraph.Identity(
            [new(OddName, OnnxGraph.FloatType, 0), new("hidden.1", OnnxGraph.FloatType, 0)],
            (new("onnx::Flatten_0", OnnxGraph.FloatType, 0), OddName),
            (new("out", OnnxGraph.FloatType, 0), "hidden.1")));
        // An index that there is not fails in the run.
        Write(Pick, OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0), new("i", OnnxGraph.LongType, 0)],
            [new("y", OnnxGraph.FloatType, null)],
            [new OnnxNode("Gather", ["x", "i"], ["y"])]));
        Write(Half, OnnxGraph.Identity([new("x", HalfType, 0)], (new("y", HalfType, 0), "x")));
        Write(BrainFloat, OnnxGraph.Identity([new("x", BrainFloatType, 0)], (new("y", BrainFloatType, 0), "x")));
        Write(Recurrent, OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0, 0, 1)],
            [new("y", OnnxGraph.FloatType, 0, 1, 0, 1)],
            [new OnnxNode("RNN", ["x", "w", "r"], ["y"]) { Attributes = new Dictionary<string, object> { ["hidden_size"] = 1L } }],
            new OnnxWeights("w", [1, 1, 1], 1f),
            new OnnxWeights("r", [1, 1, 1], 1f)));
        Write(Sum, OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0, 1), new("h", OnnxGraph.FloatType, 0, 1)],
            [new("y", OnnxGraph.FloatType, 0, 1), new("h_out", OnnxGraph.FloatType, 0, 1)],
            [new OnnxNode("Add", ["x", "h"], ["h_out"]), new OnnxNode("Identity", ["h_out"], ["y"])]));
        Manifest(
            Sum,
            """{ "name": "sum", "task": "tensor", "state": [{ "in": "h", "out": "h_out" }], "sequences": { "max_sequences": 64, "max_idle_ms": 60000 } }""");
        Manifest(Same, """{ "name": "same", "task": "tensor", "description": "The identity." }""");
    }

    public HttpClient Client { get; private set; } = null!;

    public SeqServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var settings = _repository.Settings;
        settings["SeqServe:MaxTensorRequestBytes"] = $"{8 << 20}";
        settings["SeqServe:MeasurePlans"] = "false";
        Server = await new SeqServer(settings).OverKestrel().StartAsync();
        Client = Server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _repository.Dispose();
    }

    private void Write(string model, byte[] graph)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_repository.Path, model, "1")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph);
    }

    private void Manifest(string model, string json) => File.WriteAllText(Path.Combine(_repository.Path, model, "model.json"), json);
}
