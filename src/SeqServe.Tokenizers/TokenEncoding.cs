using SeqServe.Tokenizers.Pipeline;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers;

/// <summary>What a text, or a text and its pair, becomes.</summary>
public sealed class TokenEncoding
{
    private const int MostShared = 1024;

    // Most texts have no type but 0.
    private static readonly int[] s_zeros = new int[MostShared];

    private readonly int[] _ids;
    private readonly TextRange[] _offsets;
    private readonly int[] _words;
    private readonly sbyte[] _sequences;
    private int[] _typeIds;

    internal TokenEncoding(int count, bool isTruncated)
    {
        _ids = count == 0 ? [] : new int[count];
        _typeIds = count <= MostShared ? s_zeros : new int[count];
        _offsets = count == 0 ? [] : new TextRange[count];
        _words = count == 0 ? [] : new int[count];
        _sequences = count == 0 ? [] : new sbyte[count];
        IsTruncated = isTruncated;
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>The tokens' ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>The tokens' type ids.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds.AsSpan(0, Count);

    /// <summary>The parts of the client's text that the tokens stand for, in UTF-16 units; empty at 0 for special tokens.</summary>
    public ReadOnlySpan<TextRange> Offsets => _offsets;

    /// <summary>Whether tokens were left out to keep to the limit.</summary>
    public bool IsTruncated { get; }

    /// <summary>Whether a token was put there by the post-processor; tokens found in the text are not special in this sense.</summary>
    public bool IsSpecial(int token) => _sequences[token] < 0;

    /// <summary>1 for special tokens, 0 for those of the text.</summary>
    public int[] SpecialTokensMask => Array.ConvertAll(_sequences, s => s < 0 ? 1 : 0);

    /// <summary>0 for a token of the text, 1 for one of the pair, null for a special token.</summary>
    public int? SequenceOf(int token) => _sequences[token] < 0 ? null : _sequences[token];

    /// <summary>Index of the word that a token is part of, counted within its sequence; null for a special token.</summary>
    public int? WordOf(int token) => _sequences[token] < 0 ? null : _words[token];

    /// <summary>The offsets, while they are worked out.</summary>
    internal Span<TextRange> OffsetsToSet => _offsets;

    internal void SetSpecial(int at, int id, int type)
    {
        _ids[at] = id;
        SetTypes(at, 1, type);
        _words[at] = -1;
        _sequences[at] = -1;
    }

    internal void Set(int at, ReadOnlySpan<EncodedToken> tokens, int type, int sequence)
    {
        var ids = _ids.AsSpan(at, tokens.Length);
        var offsets = _offsets.AsSpan(at, tokens.Length);
        var words = _words.AsSpan(at, tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            ids[i] = token.Id;
            offsets[i] = token.Part;
            words[i] = token.Word;
        }

        SetTypes(at, tokens.Length, type);
        if (sequence != 0)
            _sequences.AsSpan(at, tokens.Length).Fill((sbyte)sequence);
    }

    private void SetTypes(int at, int count, int type)
    {
        if (type == 0)
            return;
        if (ReferenceEquals(_typeIds, s_zeros))
            _typeIds = new int[Count];
        _typeIds.AsSpan(at, count).Fill(type);
    }
}
