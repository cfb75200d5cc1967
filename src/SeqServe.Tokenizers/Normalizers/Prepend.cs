using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Puts a string before a text that is not empty; it shares the first character's alignment.</summary>
/// <param name="prepend">The string.</param>
internal sealed class Prepend(string prepend) : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(NormalizedText text) => Apply(text, prepend);

    /// <summary>Puts a string before a text.</summary>
    public static void Apply(NormalizedText text, string prepend)
    {
        if (text.Length == 0 || prepend.Length == 0)
            return;
        text.Begin(text.Length + prepend.Length);
        text.Write(prepend, text.PartOf(0));
        text.Copy(0, text.Length);
        text.Finish();
    }
}
