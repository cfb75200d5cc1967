namespace SeqServe.Tokenizers.Unicode;

/// <summary>Reads the numbers, sets and maps of tables.bin; make-tables.cjs says how they are written.</summary>
/// <param name="bytes">The unpacked file.</param>
internal ref struct TableReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public int Number()
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var one = _bytes[_at++];
            value |= (one & 127) << shift;
            if (one < 128)
                return value;
        }
    }

    /// <summary>Ranges of code points: first and one behind the last.</summary>
    public (int Start, int End)[] Set()
    {
        var ranges = new (int, int)[Number()];
        var at = 0;
        for (var i = 0; i < ranges.Length; i++)
        {
            var start = at + Number();
            at = start + Number();
            ranges[i] = (start, at);
        }

        return ranges;
    }

    /// <summary>Code points with what each becomes.</summary>
    public List<(int CodePoint, int[] Targets)> Map()
    {
        var count = Number();
        var entries = new List<(int, int[])>(count);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            at += Number();
            var targets = new int[Number()];
            for (var k = 0; k < targets.Length; k++)
            {
                var code = Number();
                targets[k] = at + ((code & 1) == 0 ? code / 2 : -((code + 1) / 2));
            }

            entries.Add((at, targets));
        }

        return entries;
    }

    /// <summary>A name in ASCII.</summary>
    public string Name()
    {
        var length = Number();
        _at += length;
        return System.Text.Encoding.ASCII.GetString(_bytes.Slice(_at - length, length));
    }
}
