using System.Buffers;
using System.Text;

namespace SeqServe.Tokenizers.Models;

/// <summary>
/// SentencePiece's unigram model: of all ways to cut a piece into tokens, the one whose scores have the highest sum. Safe for concurrent use.
/// </summary>
internal sealed class Unigram : ITokenModel
{
    // kUnkPenalty of sentencepiece's unigram_model.cc.
    private const double UnknownPenalty = 10;
    private const int OnStack = 64;

    private readonly Vocabulary _vocabulary;
    private readonly string[] _tokens;
    private readonly CharTrie _trie = new();
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int? _unknown;
    private readonly ByteTokens? _bytes;

    /// <summary>Makes a model.</summary>
    /// <param name="tokens">Tokens and scores; a token's id is its place.</param>
    /// <param name="unknown">Id of the unknown token, or null.</param>
    /// <param name="byteFallback">Whether what is unknown becomes the tokens of its bytes, where the vocabulary has them all.</param>
    /// <exception cref="InvalidDataException">The unknown token is not in the vocabulary.</exception>
    public Unigram(IReadOnlyList<KeyValuePair<string, double>> tokens, int? unknown, bool byteFallback)
    {
        if (unknown is { } id && (uint)id >= (uint)tokens.Count)
            throw new InvalidDataException($"The unknown token of the Unigram model has the id {id}, outside of its vocabulary of {tokens.Count} tokens.");
        _unknown = unknown;
        _tokens = [.. tokens.Select(t => t.Key)];
        _scores = [.. tokens.Select(t => t.Value)];
        _unknownScore = (tokens.Count == 0 ? double.PositiveInfinity : _scores.Min()) - UnknownPenalty;
        _vocabulary = new Vocabulary([.. _tokens.Select((token, place) => KeyValuePair.Create(token, place))]);
        foreach (var (token, place) in _vocabulary.Entries)
            _trie.Add(token, place);
        _bytes = byteFallback ? new ByteTokens(_vocabulary) : null;
    }

    /// <inheritdoc/>
    public int VocabularySize => _tokens.Length;

    /// <inheritdoc/>
    public int? UnknownId => _unknown;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A character is unknown and the model has no unknown token.</exception>
    public void Tokenize(ReadOnlySpan<char> piece, TokenList tokens)
    {
        if (piece.Length < OnStack)
        {
            Tokenize(piece, stackalloc Step[OnStack], tokens);
            return;
        }

        var steps = ArrayPool<Step>.Shared.Rent(piece.Length + 1);
        try
        {
            Tokenize(piece, steps, tokens);
        }
        finally
        {
            ArrayPool<Step>.Shared.Return(steps);
        }
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _vocabulary.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    private void Tokenize(ReadOnlySpan<char> piece, Span<Step> steps, TokenList tokens)
    {
        steps = steps[..(piece.Length + 1)];
        steps.Fill(new Step { Start = -1 });
        steps[0].Score = 0;
        for (var start = 0; start < piece.Length;)
        {
            var length = char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1;
            Reach(piece, start, length, steps);
            start += length;
        }

        // Backwards, each step is linked to the one before; turned round, to the one behind it.
        var next = -1;
        for (var end = piece.Length; end >= 0;)
        {
            var start = steps[end].Start;
            steps[end].Start = next;
            next = end;
            end = start;
        }

        Append(piece, steps, tokens);
    }

    private void Reach(ReadOnlySpan<char> piece, int start, int length, Span<Step> steps)
    {
        var here = steps[start].Score;
        var isSingle = false;
        var node = CharTrie.Start;
        for (var at = start; at < piece.Length; at++)
        {
            node = _trie.Next(node, piece[at]);
            if (node == CharTrie.Start)
                break;
            var id = _trie.Value(node);
            if (id < 0)
                continue;
            steps[at + 1].Offer(here + _scores[id], start, id);
            isSingle |= at + 1 - start == length;
        }

        if (!isSingle && steps[start + length].Offer(here + _unknownScore, start, _unknown ?? 0) && _unknown is null)
            throw MissingToken.Unknown("Unigram", null);
    }

    private void Append(ReadOnlySpan<char> piece, Span<Step> steps, TokenList tokens)
    {
        for (var start = 0; start < piece.Length;)
        {
            var end = steps[start].Start;
            if (steps[end].Id != _unknown)
            {
                tokens.Add(steps[end].Id, start, end);
                start = end;
                continue;
            }

            while (end < piece.Length && steps[steps[end].Start].Id == _unknown)
                end = steps[end].Start;
            AppendUnknown(piece[start..end], start, tokens);
            start = end;
        }
    }

    private void AppendUnknown(ReadOnlySpan<char> text, int start, TokenList tokens)
    {
        var id = _vocabulary.Find(text);
        if (id < 0 && _bytes is not null && TryAppendBytes(text, start, tokens))
            return;
        tokens.Add(id >= 0 ? id : _unknown!.Value, start, start + text.Length);
    }

    private bool TryAppendBytes(ReadOnlySpan<char> text, int start, TokenList tokens)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var bytes = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
        var known = _bytes!.HaveAll(bytes);
        // Each has the range of the whole run of unknown characters, as with the reference.
        foreach (var value in known ? bytes : [])
            tokens.Add(_bytes[value], start, start + text.Length);
        ArrayPool<byte>.Shared.Return(buffer);
        return known;
    }

    /// <summary>The best way to a place in the piece.</summary>
    private struct Step
    {
        public double Score;
        public int Start;
        public int Id;

        public bool Offer(double score, int start, int id)
        {
            if (Start >= 0 && !(score > Score))
                return false;
            (Score, Start, Id) = (score, start, id);
            return true;
        }
    }
}
