using System.Text;
using SeqServe.Tokenizers.Patterns;

namespace SeqServe.Tokenizers.Decoders;

/// <summary>Puts a string in place of each match ("Replace").</summary>
/// <param name="find">What is replaced.</param>
/// <param name="content">What stands there afterwards.</param>
internal sealed class ReplaceDecoder(TextFinder find, string content) : TokenDecoder
{
    /// <inheritdoc/>
    public override string Decode(string token, bool isFirst)
    {
        if (token.Length == 0)
            return token;
        DecodedToken.CheckLength((long)token.Length * content.Length);
        if (find.Literal is { } literal)
            return token.Replace(literal, content, StringComparison.Ordinal);
        var text = new StringBuilder();
        var matches = find.Start(token);
        var kept = 0;
        while (matches.Next(out var start, out var end))
        {
            text.Append(token, kept, start - kept).Append(content);
            kept = end;
        }

        matches.Dispose();
        return text.Append(token, kept, token.Length - kept).ToString();
    }

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) =>
        fused && find.Literal is { Length: 1 } ? new PartStage(this, next) : base.Start(next, fused);

    private sealed class PartStage(ReplaceDecoder decoder, DecoderStage next) : DecoderStage
    {
        public override void Push(string token) => next.Push(decoder.Decode(token, false));

        public override void Finish() => next.Finish();
    }
}
