using SeqServe.Tokenizers.Patterns;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Puts a string in place of each match; it shares the alignment of the match's last character.</summary>
/// <param name="find">What is replaced.</param>
/// <param name="content">What stands there afterwards.</param>
internal sealed class Replace(TextFinder find, string content) : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        var span = text.Span;
        if (find.Literal is { Length: 1 } one && content.Length == 1 && !char.IsSurrogate(one[0]) && !char.IsSurrogate(content[0]))
        {
            span.Replace(one[0], content[0]);
            text.Changed();
            return;
        }

        // Nothing is looked for in an empty text, not even what matches it.
        if (span.IsEmpty)
            return;
        var matches = find.Start(span);
        var kept = 0;
        var found = false;
        while (matches.Next(out var start, out var end))
        {
            if (!found)
                text.Begin(span.Length);
            found = true;
            text.Copy(kept, start);
            text.Write(content, end > 0 ? text.PartOf(end - 1) : new TextRange(text.Origin, text.Origin));
            kept = end;
        }

        matches.Dispose();
        if (!found)
            return;
        text.Copy(kept, span.Length);
        text.Finish();
    }
}
