using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Onnx;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>A recurrent graph in ONNX Runtime, <c>h' = tanh(x w + h r)</c>, asked by many sequences at once and by each alone.</summary>
public sealed class InterleavedSequencesTests : IDisposable
{
    private const int Wide = 32;
    private const int Steps = 12;
    private const float Tolerance = 1e-6f;

    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _bench;
    private readonly TensorInference _inference;

    public InterleavedSequencesTests()
    {
        _repository.Write("a/model.json", """{ "name": "a", "task": "tensor", "state": [{ "in": "h", "out": "h_out" }] }""");
        _repository.Write("a/1/model.onnx", "");
        File.WriteAllBytes(_repository.Of("a", "1", "model.onnx"), Graph());
        _bench = new RegistryBench(_repository, backends: OnnxBackends.Factory()).Load();
        _inference = Over(_bench);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _repository.Dispose();
    }

    [Fact]
    public async Task Infer_SequencesInterleaved_AnswerAsEachAlone()
    {
        var alone = new List<float[][]>();
        for (var id = 1; id <= Wide; id++)
            alone.Add(await RunAsync($"alone {id}", id, leaves: false));

        var together = Enumerable.Range(1, Wide).Select(id => Task.Run(() => RunAsync($"together {id}", id, leaves: id % 3 == 0)));
        var interleaved = await Patience.Wait(Task.WhenAll(together));

        for (var id = 0; id < Wide; id++)
        {
            for (var step = 0; step < Steps; step++)
                Assert.All(alone[id][step].Zip(interleaved[id][step]), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }

    // One that leaves sends a request in between which it gives up at once; it must not count.
    private async Task<float[][]> RunAsync(string sequence, int seed, bool leaves)
    {
        var answers = new float[Steps][];
        for (var step = 0; step < Steps; step++)
        {
            if (leaves && step > 0)
                await GiveUpAsync(sequence);
            using var response = await _inference.InferAsync(Request(sequence, seed, step), new ServedRequest(), CancellationToken.None);
            answers[step] = Values(response.Outputs[0]);
        }

        return answers;
    }

    private async Task GiveUpAsync(string sequence)
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _inference.InferAsync(Request(sequence, 999, 1), new ServedRequest(), gone.Token));
    }

    private static TensorRequest Request(string sequence, int seed, int step)
    {
        var random = new Random((seed * 1000) + step);
        return new TensorRequest("a", [Floats("x", [1, 2], random.NextSingle(), random.NextSingle())])
        {
            Parameters = new TensorParameters(new Dictionary<string, object>
            {
                ["sequence_id"] = sequence,
                ["sequence_start"] = step == 0,
                ["sequence_end"] = step == Steps - 1,
            }),
        };
    }

    private static byte[] Graph() => OnnxGraph.Of(
        [new("x", OnnxGraph.FloatType, 0, 2), new("h", OnnxGraph.FloatType, 0, 3)],
        [new("y", OnnxGraph.FloatType, 0, 3), new("h_out", OnnxGraph.FloatType, 0, 3)],
        [
            new OnnxNode("MatMul", ["x", "w"], ["xw"]),
            new OnnxNode("MatMul", ["h", "r"], ["hr"]),
            new OnnxNode("Add", ["xw", "hr"], ["sum"]),
            new OnnxNode("Tanh", ["sum"], ["h_out"]),
            new OnnxNode("Identity", ["h_out"], ["y"]),
        ],
        new OnnxWeights("w", [2, 3], 0.5f, -1f, 0.3f, 1.2f, 0.1f, -0.7f),
        new OnnxWeights("r", [3, 3], 0.9f, 0.2f, -0.3f, 0.1f, 0.8f, 0.4f, -0.5f, 0.3f, 0.7f));
}
