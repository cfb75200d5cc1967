using System.Text;

namespace SeqServe.Tokenizers.Decoders;

/// <summary>The end of all decoders: the text.</summary>
internal sealed class TextStage : DecoderStage
{
    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public override void Push(string token) => _text.Append(token);

    /// <inheritdoc/>
    public override void Finish()
    {
    }

    /// <summary>The text since this was last asked.</summary>
    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        return text;
    }
}

/// <summary>Where there is no decoder: tokens with spaces between them.</summary>
/// <param name="next">Where the text goes.</param>
internal sealed class SpacedStage(DecoderStage next) : DecoderStage
{
    private bool _begun;

    /// <inheritdoc/>
    public override void Push(string token)
    {
        next.Push(_begun ? " " + token : token);
        _begun = true;
    }

    /// <inheritdoc/>
    public override void Finish() => next.Finish();
}
