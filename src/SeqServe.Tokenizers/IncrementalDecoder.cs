using SeqServe.Tokenizers.Decoders;

namespace SeqServe.Tokenizers;

/// <summary>
/// Decodes tokens as they come. What it gives is certain: all of it in a row is what <see cref="Tokenizer.Decode"/> makes of all the tokens. Not safe for
/// concurrent use.
/// </summary>
public sealed class IncrementalDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly TextStage _text;
    private readonly DecoderStage _stage;
    private bool _finished;

    internal IncrementalDecoder(Tokenizer tokenizer, Decoder? decoder, bool skipSpecialTokens, bool cleanUpSpaces)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _text = new TextStage();
        DecoderStage last = cleanUpSpaces ? new CleanupStage(_text) : _text;
        _stage = decoder?.Start(last, fused: false) ?? new SpacedStage(last);
    }

    /// <summary>Takes a token.</summary>
    /// <param name="id">Its id; ids without a token count for nothing.</param>
    /// <returns>The text that is certain now and was not before; may be empty.</returns>
    /// <exception cref="InvalidOperationException">The text is finished.</exception>
    public string Append(int id)
    {
        Push(id);
        return _text.Take();
    }

    /// <summary>Says that there are no more tokens.</summary>
    /// <returns>The rest of the text.</returns>
    /// <exception cref="InvalidOperationException">The text is finished.</exception>
    public string Finish()
    {
        ThrowIfFinished();
        _finished = true;
        _stage.Finish();
        return _text.Take();
    }

    internal void Push(int id)
    {
        ThrowIfFinished();
        if (_tokenizer.TokenOf(id) is { } token && !(_skipSpecialTokens && _tokenizer.IsSpecial(token)))
            _stage.Push(token);
    }

    private void ThrowIfFinished()
    {
        if (_finished)
            throw new InvalidOperationException("The text is finished.");
    }
}
