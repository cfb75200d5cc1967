using System.Buffers;
using System.Text;

namespace SeqServe.Core.Tokenization;

/// <summary>
/// Turns tokens into text one by one. A character that takes several tokens comes out whole, with the last of them; bytes that are no character come out as
/// U+FFFD, one each, as SentencePiece prints them.
/// </summary>
internal sealed class SentencePieceDetokenizer : IDetokenizer
{
    private const int LongestCharacter = 4;

    private readonly TokenBytes _tokens;
    private readonly byte[] _pending = new byte[LongestCharacter];
    private readonly StringBuilder _text = new();
    private int _pendingCount;
    private bool _atStart;

    /// <param name="tokens">The vocabulary.</param>
    /// <param name="dropFirstSpace">Whether the space in front of the first word is the tokenizer's own and no part of the text.</param>
    public SentencePieceDetokenizer(TokenBytes tokens, bool dropFirstSpace)
    {
        _tokens = tokens;
        _atStart = dropFirstSpace;
    }

    /// <inheritdoc/>
    public string Append(int id)
    {
        Take(id);
        return TakeText();
    }

    /// <inheritdoc/>
    public string Finish()
    {
        _text.Append('\uFFFD', _pendingCount);
        _pendingCount = 0;
        return TakeText();
    }

    internal string Decode(ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
            Take(id);
        return Finish();
    }

    private void Take(int id)
    {
        var bytes = _tokens.Of(id);
        if (bytes.IsEmpty)
            return;
        if (_atStart && _tokens.BeginsWord(id))
            bytes = bytes[1..];
        _atStart = false;
        foreach (var b in bytes)
        {
            _pending[_pendingCount++] = b;
            TakeCharacters();
        }
    }

    // After each byte, so that at most one character is ever pending.
    private void TakeCharacters()
    {
        while (_pendingCount > 0)
        {
            var status = Rune.DecodeFromUtf8(_pending.AsSpan(0, _pendingCount), out var character, out var consumed);
            if (status == OperationStatus.NeedMoreData)
                return;
            if (status == OperationStatus.Done)
                AppendCharacter(character);
            else
                _text.Append('\uFFFD', consumed);
            _pending.AsSpan(consumed, _pendingCount - consumed).CopyTo(_pending);
            _pendingCount -= consumed;
        }
    }

    private void AppendCharacter(Rune character)
    {
        Span<char> units = stackalloc char[2];
        _text.Append(units[..character.EncodeToUtf16(units)]);
    }

    private string TakeText()
    {
        if (_text.Length == 0)
            return "";
        var text = _text.ToString();
        _text.Clear();
        return text;
    }
}
