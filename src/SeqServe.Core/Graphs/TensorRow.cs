using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>The tensors of one request to a graph. Its length, which bounds queues and batches, is in KiB of input; these are not counted as tokens.</summary>
public sealed class TensorRow : QueuedRow
{
    private const int Kibi = 1024;
    private static readonly TensorOutputs s_unwanted = new([]);
    private TensorOutputs? _outputs;

    /// <summary>Makes a row.</summary>
    /// <param name="inputs">One for each input of the graph, in the signature's order.</param>
    /// <param name="outputNames">The outputs asked for, at least one.</param>
    /// <param name="maxLength">The most that a queue takes, in KiB: a larger row counts as this much.</param>
    /// <param name="traceContext">The request's span.</param>
    public TensorRow(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputNames, int maxLength, ActivityContext traceContext)
        : base((int)Math.Min(maxLength, 1 + (inputs.Sum(static i => i.Size) / Kibi)), traceContext)
    {
        Inputs = inputs;
        OutputNames = outputNames;
        Kind = HashOf(inputs);
    }

    /// <summary>One for each input of the graph, in the signature's order.</summary>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>The outputs asked for.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>What was computed, once the row is completed; the caller disposes it.</summary>
    public TensorOutputs Outputs =>
        Volatile.Read(ref _outputs) ?? throw new InvalidOperationException("The row is not completed.");

    /// <summary>Whether axis 0 is the same in all inputs, and so a batch of the caller's own.</summary>
    public bool HasRows => Inputs.All(input => input.Shape.Count > 0 && input.Shape[0] == Inputs[0].Shape[0]);

    /// <summary>Whether the inputs of two rows have the same shapes.</summary>
    public bool HasShapesOf(TensorRow other)
    {
        for (var i = 0; i < Inputs.Count; i++)
        {
            if (!TensorShapes.AreEqual(Inputs[i].Shape, other.Inputs[i].Shape))
                return false;
        }

        return true;
    }

    /// <summary>Frees the outputs, whether they are there or come later.</summary>
    public void Abandon() => Interlocked.Exchange(ref _outputs, s_unwanted)?.Dispose();

    internal void Deliver(TensorOutputs outputs)
    {
        // Abandoned, or run again after another row of its batch has failed.
        if (Interlocked.CompareExchange(ref _outputs, outputs, null) is not null)
            outputs.Dispose();
    }

    private static int HashOf(IReadOnlyList<Tensor> inputs)
    {
        var hash = new HashCode();
        foreach (var input in inputs)
        {
            foreach (var size in input.Shape)
                hash.Add(size);
        }

        return hash.ToHashCode();
    }
}
