using SeqServe.Core.Backends;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>Rows of a translator whose bookkeeping can be made to fail.</summary>
internal sealed class BrittleRows(ITranslatorRows rows) : ITranslatorRows
{
    /// <summary>Called before a row is taken out.</summary>
    public Action? OnRemove { get; set; }

    public int Count => rows.Count;

    public int StateSize => rows.StateSize;

    public void RunStep(ReadOnlySpan<int> tokens, int first = 0) => rows.RunStep(tokens, first);

    public ReadOnlySpan<float> Logits(int row) => rows.Logits(row);

    public ReadOnlySpan<float> Attention(int row) => rows.Attention(row);

    public void CopyState(int row, Span<float> state) => rows.CopyState(row, state);

    public void Fork(int row) => rows.Fork(row);

    public void Replace(int row, int by) => rows.Replace(row, by);

    public void RemoveAt(int row)
    {
        OnRemove?.Invoke();
        rows.RemoveAt(row);
    }

    public void Encode(PaddedBatch sources) => rows.Encode(sources);

    public void Dispose() => rows.Dispose();
}
