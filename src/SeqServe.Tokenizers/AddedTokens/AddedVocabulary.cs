using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Normalizers;

namespace SeqServe.Tokenizers.AddedTokens;

/// <summary>The added tokens of a tokenizer. Safe for concurrent use.</summary>
internal sealed class AddedVocabulary
{
    // Finding a token takes time in proportion to its length at each place of a text.
    private const int LongestToken = 4096;
    private const int MostCharacters = 1 << 23;

    private readonly Dictionary<string, int> _ids = [];
    private readonly SortedDictionary<int, AddedToken> _tokens = [];
    private readonly HashSet<string> _special = [];

    /// <summary>Adds tokens as the reference does when it loads a file: the ids written there do not count.</summary>
    /// <param name="tokens">The tokens in the file's order.</param>
    /// <param name="model">The model.</param>
    /// <param name="normalizer">What normalizes the texts, or null.</param>
    /// <exception cref="InvalidDataException">A token is too long.</exception>
    public AddedVocabulary(IReadOnlyList<AddedToken> tokens, ITokenModel model, Normalizer? normalizer)
    {
        if (tokens.Sum(t => (long)t.Content.Length) > MostCharacters)
            throw new InvalidDataException($"The added tokens have more than {MostCharacters >> 20} million characters together.");
        var special = new List<AddedToken>();
        foreach (var token in tokens)
        {
            if (token.Content.Length > LongestToken)
                throw new InvalidDataException($"An added token is longer than {LongestToken} characters.");
            if (token.Special && token.Content.Length > 0 && _special.Add(token.Content))
                special.Add(token);
        }

        var plain = new List<AddedToken>();
        var nextId = model.VocabularySize;
        foreach (var token in tokens)
        {
            if (token.Content.Length == 0)
                continue;
            var id = _ids.TryGetValue(token.Content, out var known) ? known : model.IdOf(token.Content) ?? nextId++;
            _ids[token.Content] = id;
            _tokens[id] = token with { Id = id };
            if (!_special.Contains(token.Content))
                plain.Add(token);
        }

        Added = _ids.Keys.Count(content => model.IdOf(content) is null);
        special.AddRange(plain);
        Verbatim = new AddedTokenFinder(special.Where(t => !t.Normalized).Select(t => (t.Content, _tokens[_ids[t.Content]])));
        Normalized = new AddedTokenFinder(special.Where(t => t.Normalized).Select(t => (normalizer?.Apply(t.Content) ?? t.Content, _tokens[_ids[t.Content]])));
    }

    /// <summary>Number of tokens that the model does not know.</summary>
    public int Added { get; }

    /// <summary>Finds tokens in the text as it is.</summary>
    public AddedTokenFinder Verbatim { get; }

    /// <summary>Finds tokens in the normalized text.</summary>
    public AddedTokenFinder Normalized { get; }

    /// <summary>All of them, by id.</summary>
    public IReadOnlyCollection<AddedToken> Tokens => _tokens.Values;

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The text of an id, or null.</summary>
    public string? TokenOf(int id) => _tokens.TryGetValue(id, out var token) ? token.Content : null;

    /// <summary>Whether decoding may leave a token out.</summary>
    public bool IsSpecial(string token) => _special.Contains(token);
}
