namespace SeqServe.Tokenizers.Text;

/// <summary>
/// The reference's way to say what a text becomes: code points in order, each with a change: 0 replaces the next old one, -n replaces it and removes n behind
/// it, 1 is new and shares the alignment of the old one before. Alignments follow from the order alone, whatever the code points are.
/// </summary>
internal ref struct Transform
{
    private readonly NormalizedText _text;
    private int _next;
    private TextRange _last;

    /// <summary>Starts on a text.</summary>
    public Transform(NormalizedText text)
    {
        _text = text;
        _last = new TextRange(text.Origin, text.Origin);
        text.Begin(text.Length + 16);
    }

    /// <summary>Writes a code point.</summary>
    public void Add(int codePoint, int change)
    {
        if (change <= 0)
        {
            // Beyond the end the reference would stop the process.
            if (_next < _text.Length)
                _last = _text.PartOf(_next);
            var part = _last;
            for (var n = 0; n <= -change && _next < _text.Length; n++)
            {
                _last = _text.PartOf(_next);
                Surrogates.Read(_text.Span, _next, out var length);
                _next += length;
            }

            _text.WriteCodePoint(codePoint, part);
            return;
        }

        _text.WriteCodePoint(codePoint, _last);
    }

    /// <summary>Makes it the text.</summary>
    public readonly void Finish() => _text.Finish();
}
