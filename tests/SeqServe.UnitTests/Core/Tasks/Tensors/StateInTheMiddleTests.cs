using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Onnx;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>An LSTM whose state is [layers, batch, hidden], as most exports have it, in ONNX Runtime.</summary>
public sealed class StateInTheMiddleTests : IDisposable
{
    private static readonly float[] s_steps = [0.1f, -0.4f, 0.9f, 0.3f, -0.7f, 0.2f];

    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _bench;
    private readonly TensorInference _inference;

    public StateInTheMiddleTests()
    {
        Write("held", """{ "name": "held", "task": "tensor", "state": [{ "in": "h", "out": "h_out" }, { "in": "c", "out": "c_out" }] }""");
        Write("sent", """{ "name": "sent", "task": "tensor" }""");
        _bench = new RegistryBench(_repository, backends: OnnxBackends.Factory()).Load();
        _inference = Over(_bench);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _repository.Dispose();
    }

    [Fact]
    public async Task Infer_StepByStepWithStateOnTheServer_AnswersAsAllStepsAtOnce()
    {
        using var whole = await Infer(new TensorRequest("sent", [Floats("x", [1, 3, 2], s_steps), Floats("h", [1, 1, 2], 0, 0), Floats("c", [1, 1, 2], 0, 0)]));
        var expected = Values(whole.Outputs[0]);

        for (var step = 0; step < 3; step++)
        {
            using var part = await Infer(Step(step, Floats("x", [1, 1, 2], s_steps[2 * step], s_steps[(2 * step) + 1])));
            Assert.All(Values(part.Outputs[0]).Zip(expected[(2 * step)..]), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        }
    }

    [Fact]
    public async Task Infer_OfOtherRowsThanTheSequenceBeganWith_IsRefusedWithBothNumbers()
    {
        using (await Infer(Step(0, Floats("x", [1, 1, 2], 1, 2))))
        {
        }

        var refusal = await Assert.ThrowsAsync<ServingException>(() => Infer(Step(1, Floats("x", [2, 1, 2], 1, 2, 3, 4))));

        Assert.Contains("the sequence began with 1 rows on axis 0, this request has 2", refusal.Message, StringComparison.Ordinal);
    }

    private static TensorRequest Step(int step, Tensor x) => new("held", [x])
    {
        Parameters = new TensorParameters(new Dictionary<string, object> { ["sequence_id"] = 7L, ["sequence_start"] = step == 0, ["sequence_end"] = false }),
    };

    private Task<TensorResponse> Infer(TensorRequest request) => _inference.InferAsync(request, new ServedRequest(), CancellationToken.None);

    private void Write(string name, string manifest)
    {
        _repository.Write($"{name}/model.json", manifest);
        _repository.Write($"{name}/1/model.onnx", "");
        File.WriteAllBytes(_repository.Of(name, "1", "model.onnx"), Graph());
    }

    private static byte[] Graph()
    {
        OnnxNode Node(string type, string[] inputs, string[] outputs, string name, object value) =>
            new(type, inputs, outputs) { Attributes = new Dictionary<string, object> { [name] = value } };
        OnnxNode Turn(string from, string to) => Node("Transpose", [from], [to], "perm", new long[] { 1, 0, 2 });
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i + 1))];
        return OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0, 0, 2), new("h", OnnxGraph.FloatType, 1, 0, 2), new("c", OnnxGraph.FloatType, 1, 0, 2)],
            [new("y", OnnxGraph.FloatType, 0, 0, 2), new("h_out", OnnxGraph.FloatType, 1, 0, 2), new("c_out", OnnxGraph.FloatType, 1, 0, 2)],
            [
                Turn("x", "xt"),
                Node("LSTM", ["xt", "w", "r", "", "", "h", "c"], ["ys", "h_out", "c_out"], "hidden_size", 2L),
                new("Squeeze", ["ys", "one"], ["yt"]),
                Turn("yt", "y"),
            ],
            new OnnxWeights("one", [1], 1L), new OnnxWeights("w", [1, 8, 2], Weights(16)), new OnnxWeights("r", [1, 8, 2], Weights(16)));
    }
}
