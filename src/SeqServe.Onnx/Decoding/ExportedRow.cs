namespace SeqServe.Onnx.Decoding;

/// <summary>One row of an exported graph: what it has read, and where in which group its cache is.</summary>
internal sealed class ExportedRow
{
    private byte[] _mask = [];

    /// <summary>The group whose run it takes part in.</summary>
    public ExportedGroup Group { get; set; } = null!;

    /// <summary>Its place in the group.</summary>
    public int Index { get; set; }

    /// <summary>Its place among all rows at the last run.</summary>
    public int Place { get; set; }

    /// <summary>Tokens that it has read.</summary>
    public int Length { get; private set; }

    /// <summary>Tokens of the source that it decodes; 0 without one.</summary>
    public int SourceLength { get; init; }

    /// <summary>Its recurrent state, one tensor's rows after the other; replaced and never changed.</summary>
    public float[] State { get; set; } = [];

    /// <summary>Which columns of its group's past are its own: 1 or 0.</summary>
    /// <param name="columns">Columns of the past; those that the row does not know are not its own.</param>
    public ReadOnlySpan<byte> Mask(int columns)
    {
        if (_mask.Length < columns)
            Array.Resize(ref _mask, Math.Max(columns, 2 * _mask.Length));
        return _mask.AsSpan(0, columns);
    }

    /// <summary>Takes in columns that a run has put behind the past: its own ones first, padding behind them.</summary>
    /// <param name="columns">Columns of the past before.</param>
    /// <param name="own">Its own new ones.</param>
    /// <param name="padding">Others.</param>
    public void Extend(int columns, int own, int padding)
    {
        _ = Mask(columns + own + padding);
        _mask.AsSpan(columns, own).Fill(1);
        _mask.AsSpan(columns + own, padding).Clear();
        Length += own;
    }

    /// <summary>Its columns are now the first of the past, and no others.</summary>
    /// <param name="columns">Columns of the past.</param>
    public void Compact(int columns)
    {
        _ = Mask(columns);
        _mask.AsSpan(0, Length).Fill(1);
        _mask.AsSpan(Length).Clear();
    }

    /// <summary>Takes over what another row has read.</summary>
    /// <param name="other">The other.</param>
    public void CopyFrom(ExportedRow other)
    {
        (Length, State) = (other.Length, other.State);
        _mask = [.. other._mask];
    }

    /// <summary>What it was before a run.</summary>
    public ExportedRowMark Mark() => new(this, Length, State, Group.Columns);

    /// <summary>Makes it what it was: columns that were added since are not its own.</summary>
    public void Reset(ExportedRowMark mark)
    {
        (Length, State) = (mark.Length, mark.State);
        if (_mask.Length > mark.Columns)
            _mask.AsSpan(mark.Columns).Clear();
    }
}

/// <summary>A row before a run that may fail.</summary>
/// <param name="Row">The row.</param>
/// <param name="Length">Tokens that it had read.</param>
/// <param name="State">Its state.</param>
/// <param name="Columns">Columns of its group's past.</param>
internal readonly record struct ExportedRowMark(ExportedRow Row, int Length, float[] State, int Columns);
