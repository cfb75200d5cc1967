using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Patterns;

/// <summary>A matcher's stack and memory. Not safe for concurrent use.</summary>
internal sealed class PatternScratch
{
    private const int MostWords = 1 << 25;

    private (int Pc, int Least, int At)[] _stack = new (int, int, int)[64];
    private ulong[] _visited = [];
    private int _instructions;
    private int _firstWord = int.MaxValue;
    private int _lastWord = -1;

    /// <summary>Number of entries on the stack.</summary>
    public int Count { get; set; }

    /// <summary>Whether it should not be kept for the next text.</summary>
    public bool IsLarge => _stack.Length + _visited.Length > 1 << 16;

    /// <summary>Keeps ways to go on: at an instruction, from each place from the furthest down to the nearest.</summary>
    public void Push(int pc, int least, int furthest)
    {
        if (Count == _stack.Length)
            Array.Resize(ref _stack, Count * 2);
        _stack[Count++] = (pc, least, furthest);
    }

    /// <summary>Takes the latest way.</summary>
    public bool Pop(int bottom, ReadOnlySpan<char> text, out int pc, out int at)
    {
        if (Count == bottom)
        {
            pc = at = 0;
            return false;
        }

        ref var entry = ref _stack[Count - 1];
        (pc, at) = (entry.Pc, entry.At);
        if (entry.At == entry.Least)
        {
            Count--;
            return true;
        }

        // The furthest place of a range was tried when the range was made.
        Surrogates.ReadBefore(text, at, out var length);
        at -= length;
        entry.At = at;
        if (at == entry.Least)
            Count--;
        return true;
    }

    /// <summary>Makes room to remember instructions and places.</summary>
    public void Remember(int instructions, int length)
    {
        _instructions = instructions;
        var words = (((length + 1L) * instructions) + 63) / 64;
        if (words > MostWords)
            throw new InvalidDataException("A regular expression takes too long on this text.");
        _visited = new ulong[words];
        (_firstWord, _lastWord) = (int.MaxValue, -1);
    }

    /// <summary>Notes an instruction at a place; false where it was noted before.</summary>
    public bool Visit(int pc, int at)
    {
        var place = ((long)at * _instructions) + pc;
        var word = (int)(place >> 6);
        var bit = 1ul << (int)(place & 63);
        if ((_visited[word] & bit) != 0)
            return false;
        _visited[word] |= bit;
        _firstWord = Math.Min(_firstWord, word);
        _lastWord = Math.Max(_lastWord, word);
        return true;
    }

    /// <summary>Forgets what was noted.</summary>
    public void Forget()
    {
        if (_lastWord < 0)
            return;
        Array.Clear(_visited, _firstWord, _lastWord - _firstWord + 1);
        (_firstWord, _lastWord) = (int.MaxValue, -1);
    }
}
