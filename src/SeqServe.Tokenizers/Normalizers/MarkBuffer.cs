using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>
/// Sorts marks by their combining class and, where asked, composes. Which change belongs to which code point follows the library of the reference
/// (unicode-normalization-alignments): a change stays with its code point while marks are sorted, and a composition adds the changes of its parts.
/// </summary>
/// <param name="compose">Whether to compose.</param>
internal ref struct MarkBuffer(bool compose)
{
    private readonly bool _compose = compose;
    private readonly List<(int CodePoint, int Change)> _marks = [];
    private readonly List<(int CodePoint, int Change)> _behind = [];
    private (int CodePoint, int Change) _starter;
    private bool _hasStarter;
    private int _lastRank;

    /// <summary>Takes the next code point of a decomposition.</summary>
    public void Add(ref Transform output, int codePoint, int change)
    {
        if (UnicodeData.CombiningRank(codePoint) > 0)
        {
            _marks.Add((codePoint, change));
            return;
        }

        SortMarks(ref output);
        Put(ref output, codePoint, change, 0);
    }

    /// <summary>Writes what is kept.</summary>
    public void Finish(ref Transform output)
    {
        SortMarks(ref output);
        Flush(ref output);
    }

    private readonly void SortMarks(scoped ref int[] order)
    {
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        var marks = _marks;
        var keys = Array.ConvertAll(order, i => ((long)UnicodeData.CombiningRank(marks[i].CodePoint) << 32) | (uint)i);
        Array.Sort(keys, order);
    }

    private void SortMarks(ref Transform output)
    {
        if (_marks.Count == 0)
            return;
        if (_marks.Count == 1)
        {
            PutMark(ref output, _marks[0]);
        }
        else
        {
            var order = new int[_marks.Count];
            SortMarks(ref order);
            foreach (var i in order)
                PutMark(ref output, _marks[i]);
        }

        _marks.Clear();
    }

    private void PutMark(ref Transform output, (int CodePoint, int Change) mark) =>
        Put(ref output, mark.CodePoint, mark.Change, UnicodeData.CombiningRank(mark.CodePoint));

    private void Put(ref Transform output, int codePoint, int change, int rank)
    {
        if (!_compose)
        {
            output.Add(codePoint, change);
            return;
        }

        if (!_hasStarter)
        {
            if (rank != 0)
            {
                output.Add(codePoint, change);
                return;
            }

            Start(codePoint, change);
            return;
        }

        var mayCompose = _behind.Count == 0 || _lastRank < rank;
        if (mayCompose && Compose(_starter.CodePoint, codePoint) is >= 0 and var composed)
        {
            _starter = (composed, _starter.Change + change - 1);
            return;
        }

        if (rank == 0)
        {
            Flush(ref output);
            Start(codePoint, change);
            return;
        }

        _behind.Add((codePoint, change));
        _lastRank = rank;
    }

    private void Start(int codePoint, int change)
    {
        _starter = (codePoint, change);
        _hasStarter = true;
    }

    private void Flush(ref Transform output)
    {
        if (_hasStarter)
            output.Add(_starter.CodePoint, _starter.Change);
        _hasStarter = false;
        foreach (var (codePoint, change) in _behind)
            output.Add(codePoint, change);
        _behind.Clear();
    }

    private static int Compose(int first, int second)
    {
        var syllable = Hangul.Compose(first, second);
        return syllable >= 0 ? syllable : UnicodeData.Compose(first, second);
    }
}
