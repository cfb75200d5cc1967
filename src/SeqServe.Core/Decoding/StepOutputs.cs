using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>What a run computed for one sequence's rows, in the order in which the sequence asked for them.</summary>
public sealed class StepOutputs
{
    private IDecoderRows? _rows;
    private List<int> _slots = [];

    /// <summary>Rows of the sequence: 1 after the prefill, then as many as it asked for.</summary>
    public int Count => _slots.Count;

    /// <summary>Floats of one row's recurrent state; 0 where the past is a cache.</summary>
    public int StateSize => _rows!.StateSize;

    /// <summary>Logits <c>[V]</c> of a row.</summary>
    public ReadOnlySpan<float> Logits(int row) => _rows!.Logits(_slots[row]);

    /// <summary>Attention weights <c>[S]</c> of a row over the source; empty where the model gives none.</summary>
    public ReadOnlySpan<float> Attention(int row) => _rows!.Attention(_slots[row]);

    /// <summary>Copies a row's recurrent state out, <see cref="StateSize"/> floats.</summary>
    public void CopyState(int row, Span<float> state) => _rows!.CopyState(_slots[row], state);

    /// <summary>Shows the rows that were in these slots at the last run.</summary>
    internal void Show(IDecoderRows rows, List<int> slots) => (_rows, _slots) = (rows, slots);
}
