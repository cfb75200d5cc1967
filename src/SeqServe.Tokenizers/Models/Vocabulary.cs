namespace SeqServe.Tokenizers.Models;

/// <summary>Tokens and their ids, found by span without a string being made. Never changes, so safe for concurrent use.</summary>
internal sealed class Vocabulary
{
    private const int MostPerId = 4;

    private readonly SpanTable _table;
    private readonly string?[] _dense;
    private readonly Dictionary<int, string> _sparse = [];

    /// <summary>Makes a vocabulary.</summary>
    /// <param name="entries">Tokens and ids; of two entries with the same token the later one counts, as in JSON.</param>
    /// <exception cref="InvalidDataException">An id is negative.</exception>
    public Vocabulary(IReadOnlyCollection<KeyValuePair<string, int>> entries)
    {
        _table = new SpanTable(entries.Count);
        // An id of two thousand million must not become an array of that size.
        var bound = (entries.Count * (long)MostPerId) + 1024;
        var highest = -1;
        foreach (var (token, id) in entries)
        {
            if (id < 0)
                throw new InvalidDataException($"The vocabulary gives the token '{token}' the id {id}.");
            _table.Set(token, id);
            LongestToken = Math.Max(LongestToken, token.Length);
            if (id < bound)
                highest = Math.Max(highest, id);
        }

        _dense = new string?[highest + 1];
        foreach (var (token, _) in entries)
        {
            // The id that counts: a token that was given two keeps the last.
            var id = _table.Find(token);
            if (id < _dense.Length)
                _dense[id] = token;
            else
                _sparse[id] = token;
        }
    }

    /// <summary>Number of different tokens.</summary>
    public int Count => _table.Count;

    /// <summary>Length of the longest token, in UTF-16 units.</summary>
    public int LongestToken { get; }

    /// <summary>Whether each id has one token only.</summary>
    public bool IdsAreUnique => _dense.Count(t => t is not null) + _sparse.Count == Count;

    /// <summary>All tokens with their ids, in no particular order.</summary>
    public IEnumerable<KeyValuePair<string, int>> Entries => _table.All();

    /// <summary>The id of a token, or -1.</summary>
    public int Find(ReadOnlySpan<char> token) => _table.Find(token);

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(ReadOnlySpan<char> token) => _table.Find(token) is >= 0 and var id ? id : null;

    /// <summary>The token of an id, or null.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_dense.Length ? _dense[id] : _sparse.GetValueOrDefault(id);
}
