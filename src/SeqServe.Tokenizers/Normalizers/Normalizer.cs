using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Changes a text before it is cut into pieces. Safe for concurrent use.</summary>
internal abstract class Normalizer
{
    /// <summary>Changes a text.</summary>
    public abstract void Apply(NormalizedText text);

    /// <summary>What a text of its own becomes.</summary>
    public string Apply(string text)
    {
        var one = new NormalizedText();
        one.Set(text, 0);
        Apply(one);
        return one.Span.ToString();
    }
}
