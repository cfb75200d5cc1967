namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Makes pieces of the parts of a text that are delimiters and those that are not, taken in order.</summary>
/// <param name="behavior">What becomes of delimiters.</param>
/// <param name="offset">Added to each position.</param>
/// <param name="pieces">Where the pieces go.</param>
internal ref struct DelimiterCutter(DelimiterBehavior behavior, int offset, PieceList pieces)
{
    private readonly DelimiterBehavior _behavior = behavior;
    private readonly int _offset = offset;
    private readonly PieceList _pieces = pieces;
    private int _start;
    private int _end;
    private bool _holds;
    private bool _lastWasDelimiter;

    /// <summary>Takes the next part; parts may be empty.</summary>
    public void Add(int start, int end, bool isDelimiter)
    {
        switch (_behavior)
        {
            case DelimiterBehavior.Removed:
                if (!isDelimiter)
                    Put(start, end);
                return;
            case DelimiterBehavior.Isolated:
                Put(start, end);
                return;
            case DelimiterBehavior.Contiguous:
                Hold(start, end, _holds && isDelimiter == _lastWasDelimiter);
                break;
            case DelimiterBehavior.MergedWithPrevious:
                Hold(start, end, _holds && isDelimiter && !_lastWasDelimiter);
                break;
            case DelimiterBehavior.MergedWithNext:
                Hold(start, end, _holds && _lastWasDelimiter && !isDelimiter);
                break;
        }

        _lastWasDelimiter = isDelimiter;
    }

    /// <summary>Writes what is held back.</summary>
    public void Finish()
    {
        if (_holds)
            Put(_start, _end);
        _holds = false;
    }

    private void Hold(int start, int end, bool merge)
    {
        if (merge)
        {
            _end = end;
            return;
        }

        Finish();
        (_start, _end, _holds) = (start, end, true);
    }

    private readonly void Put(int start, int end) => _pieces.Add(_offset + start, _offset + end);
}
