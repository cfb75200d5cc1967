namespace SeqServe.Onnx.Decoding;

/// <summary>One tensor of recurrent state in slots. A run reads one buffer and writes the other, so that a failed run leaves the state as it was.</summary>
/// <param name="shape">Shape of its rows.</param>
/// <param name="output">Name of the output that replaces it.</param>
internal sealed class StateTensor(RowShape shape, string output) : IDisposable
{
    public string Output => output;

    /// <summary>The state before the run.</summary>
    public RowTensor Current { get; private set; } = new(shape);

    /// <summary>Where a run leaves the new state.</summary>
    public RowTensor Following { get; private set; } = new(shape);

    /// <summary>Takes over what a run of these rows left.</summary>
    public void Take(int first, int count, int rows)
    {
        if (first == 0 && count == rows)
            (Current, Following) = (Following, Current);
        else
            Following.Rows(first, count).CopyTo(Current.Rows(first, count));
    }

    public void Dispose()
    {
        Current.Dispose();
        Following.Dispose();
    }
}

/// <summary>Keys or values of one layer in slots, and where a run leaves those of its new tokens.</summary>
/// <param name="Past">What all rows have read, <c>[B,h,P,d]</c>.</param>
/// <param name="NewName">The output of the new tokens.</param>
/// <param name="Fresh">Room for that output, <c>[B,h,T,d]</c>.</param>
internal sealed record CacheTensor(RowTensor Past, string NewName, RowTensor Fresh) : IDisposable
{
    public void Dispose()
    {
        Past.Dispose();
        Fresh.Dispose();
    }
}
