using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>An encoder graph: sources and their lengths → what the decoder begins with and reads in every step.</summary>
internal sealed class EncoderGraph
{
    private readonly SessionPool _pool;
    private readonly string _file;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    /// <summary>Reads and checks the graph's signature.</summary>
    /// <param name="graph">The graph; owned by the caller.</param>
    /// <param name="wiring">What the decoder needs of it.</param>
    /// <exception cref="BackendException">The signature differs.</exception>
    public EncoderGraph(OpenGraph graph, DecoderWiring wiring)
    {
        (_pool, _file) = (graph.Pool, graph.File);
        _outputs = [.. wiring.States.Select(s => s.EncoderOutput).OfType<string>().Concat(wiring.Memory).Distinct()];
        if (_outputs.Length == 0)
        {
            throw new BackendException(
                $"{_file}: no state begins with an encoder output and there is no memory, so that the decoder would never see the source; " +
                "set state[].init or memory in the manifest.");
        }

        var role = graph.Role;
        GraphPart[] inputs = [role.Input(TranslatorContract.Source), role.Input(TranslatorContract.SourceLengths)];
        SignatureCheck.Run(graph, inputs, [.. _outputs.Select(name => OpenGraph.Wired(name))]);
        _inputs = [.. inputs.Select(static part => part.Name)];
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
            using var ending = SessionLease.EndWithRun(options);
            using var outputs = lease.Session.Run(options, _inputs, [ids, lengths], _outputs);
            for (var i = 0; i < _outputs.Length; i++)
                take(_outputs[i], outputs[i].GetTensorDataAsSpan<float>());
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {_file} over {sources.Rows} rows × {sources.Time} tokens failed: {e.Message}", e);
        }
    }

    /// <summary>Receives one output.</summary>
    public delegate void OutputTaker(string name, ReadOnlySpan<float> values);
}
