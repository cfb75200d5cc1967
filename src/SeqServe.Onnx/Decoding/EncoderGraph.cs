using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Decoding;

/// <summary>An encoder graph: <c>src [B,S]</c>, <c>src_len [B]</c> → what the decoder begins with and looks at.</summary>
internal sealed class EncoderGraph
{
    private static readonly string[] s_inputNames = ["src", "src_len"];

    private readonly SessionPool _pool;
    private readonly string _file;
    private readonly string[] _outputs;

    /// <summary>Reads and checks the graph's signature.</summary>
    /// <param name="pool">Its sessions; owned by the caller.</param>
    /// <param name="file">Its file's name, for messages.</param>
    /// <param name="wiring">What the decoder needs of it.</param>
    /// <exception cref="BackendException">The signature differs.</exception>
    public EncoderGraph(SessionPool pool, string file, DecoderWiring wiring)
    {
        _pool = pool;
        _file = file;
        _outputs = [.. wiring.States.Select(s => s.EncoderOutput).OfType<string>().Concat(wiring.Memory).Distinct()];
        if (_outputs.Length == 0)
            throw new BackendException($"{file}: no state begins with an encoder output and there is no memory, so that the decoder would never see the source; set state[].init or memory in the manifest.");
        ModelSignature.Check(
            pool.First,
            file,
            [new("src", TensorElementType.Int64, 2, "[B,S]"), new("src_len", TensorElementType.Int64, 1, "[B]")],
            [.. _outputs.Select(name => new TensorContract(name, TensorElementType.Float, Rank(name), "[B,…]"))]);
    }

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <param name="sources">Ids and lengths.</param>
    /// <param name="options">Of the run.</param>
    /// <param name="take">Receives each output by name, with its values and its shape; valid during the call.</param>
    public void Run(PaddedBatch sources, RunOptions options, OutputTaker take)
    {
        using var ids = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, sources.Ids, [sources.Rows, sources.Time]);
        using var lengths = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, sources.Lengths, [sources.Rows]);
        using var lease = _pool.Rent();
        try
        {
            using var outputs = lease.Session.Run(options, s_inputNames, [ids, lengths], _outputs);
            for (var i = 0; i < _outputs.Length; i++)
                take(_outputs[i], outputs[i].GetTensorDataAsSpan<float>());
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {_file} over {sources.Rows} rows × {sources.Time} tokens failed: {e.Message}", e);
        }
    }

    private int Rank(string name) => _pool.First.OutputMetadata.TryGetValue(name, out var found) && found.IsTensor ? Math.Max(2, found.Dimensions.Length) : 2;

    /// <summary>Receives one output.</summary>
    public delegate void OutputTaker(string name, ReadOnlySpan<float> values);
}
