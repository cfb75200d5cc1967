using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace SeqServe.UnitTests.Onnx.Vectors;

/// <summary>A shipped graph in plain ONNX Runtime, without any of the server's own code: what the trainers' vectors are compared with.</summary>
internal sealed class PlainGraph(string file) : IDisposable
{
    private static readonly SessionOptions s_options = new() { IntraOpNumThreads = 1 };

    private readonly InferenceSession _session = new(file, s_options);

    public bool Takes(string input) => _session.InputMetadata.ContainsKey(input);

    /// <summary>Zeros of an input's shape: free axes are <paramref name="batch"/> first and <paramref name="free"/> after.</summary>
    public DenseTensor<float> Zeros(string input, int batch, int free = 0) =>
        new([.. _session.InputMetadata[input].Dimensions.Select((size, axis) => size >= 0 ? size : axis == 0 ? batch : free)]);

    /// <summary>Runs the graph and gives all of its outputs by name.</summary>
    public Dictionary<string, DenseTensor<float>> Run(IReadOnlyDictionary<string, object> inputs)
    {
        using var results = _session.Run([.. inputs.Select(input => Value(input.Key, input.Value))]);
        return results.ToDictionary(result => result.Name, result => result.AsTensor<float>().ToDenseTensor());
    }

    public void Dispose() => _session.Dispose();

    private static NamedOnnxValue Value(string name, object value) => value switch
    {
        long[] row => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(row, [row.Length])),
        long[][] rows => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length])),
        DenseTensor<float> tensor => NamedOnnxValue.CreateFromTensor(name, tensor),
        _ => throw new ArgumentException($"No tensor is made of {value.GetType()}."),
    };
}
