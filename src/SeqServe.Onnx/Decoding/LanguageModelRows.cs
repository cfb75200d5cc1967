using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Decoding;

/// <summary>Rows of a language model.</summary>
internal sealed class LanguageModelRows(DecoderGraph graph) : DecoderRows(graph), ILanguageModelRows
{
    public void Begin(ReadOnlySpan<float> state)
    {
        if (state.Length != 0 && state.Length != StateSize)
            throw new BackendException($"A state of {state.Length} floats was given, the model has {StateSize}.");
        Store.Reserve(1, 0);
        var row = Store.Append(0);
        foreach (var tensor in Store.States)
        {
            if (state.Length == 0)
                break;
            state[..tensor.Current.RowSize].CopyTo(tensor.Current.Row(row));
            state = state[tensor.Current.RowSize..];
        }
    }

    public void Read(PaddedBatch tokens, int first = 0) => Run(tokens.Ids, tokens.Lengths, tokens.Time, first);

    public void Append(ILanguageModelRows other, int row) => Store.AppendCopy(((LanguageModelRows)other).Store, row);
}
