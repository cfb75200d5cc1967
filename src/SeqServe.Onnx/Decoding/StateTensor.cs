namespace SeqServe.Onnx.Decoding;

/// <summary>One tensor of recurrent state in slots. A run reads one buffer and writes the other, so that a failed run leaves the state as it was.</summary>
/// <param name="shape">Shape of its rows.</param>
/// <param name="output">Name of the output that replaces it.</param>
internal sealed class StateTensor(RowShape shape, string output)
{
    public string Output => output;

    /// <summary>The state before the run.</summary>
    public RowTensor Current { get; private set; } = new(shape);

    /// <summary>Where a run leaves the new state.</summary>
    public RowTensor Following { get; private set; } = new(shape);

    public void Resize(int rows, int used)
    {
        Current.Resize(rows, 1, used);
        Following.Resize(rows, 1, 0);
    }

    /// <summary>Takes over what a run of these rows left.</summary>
    public void Take(int first, int count, int rows)
    {
        if (first == 0 && count == rows)
            (Current, Following) = (Following, Current);
        else
            Following.Rows(first, count).CopyTo(Current.Rows(first, count));
    }
}
