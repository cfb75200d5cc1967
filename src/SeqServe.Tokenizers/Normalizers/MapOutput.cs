using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>
/// Writes code points one behind: what is removed is noted with the code point before it, as the reference does, and with none before it not at all.
/// </summary>
/// <param name="output">Where they go.</param>
internal ref struct MapOutput(Transform output)
{
    private Transform _output = output;
    private (int CodePoint, int Change) _last;
    private bool _hasLast;

    /// <summary>Writes a code point.</summary>
    public void Add(int codePoint, int change)
    {
        if (_hasLast)
            _output.Add(_last.CodePoint, _last.Change);
        _last = (codePoint, change);
        _hasLast = true;
    }

    /// <summary>Removes old code points.</summary>
    public void Remove(int count)
    {
        if (_hasLast)
            _last.Change -= count;
    }

    /// <summary>Makes it the text.</summary>
    public void Finish()
    {
        if (_hasLast)
            _output.Add(_last.CodePoint, _last.Change);
        _output.Finish();
    }
}
