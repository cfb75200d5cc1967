using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Cuts where the script changes; spaces and characters of any script go with what is before them, kana counts as Han.</summary>
internal sealed class UnicodeScripts : CuttingPreTokenizer
{
    private const string Any = "Any";

    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        string? last = null;
        var start = -1;
        for (var i = 0; i < text.Length;)
        {
            var script = ScriptOf(Surrogates.Read(text, i, out var length));
            if (script != Any && last != Any && last != script)
            {
                // What stands before the first change is in no piece, as in the reference.
                if (start >= 0)
                    pieces.Add(offset + start, offset + i);
                start = i;
            }

            if (script != Any)
                last = script;
            i += length;
        }

        if (start >= 0)
            pieces.Add(offset + start, offset + text.Length);
    }

    private static string ScriptOf(int c)
    {
        if (c == 0x30FC)
            return "Han";
        if (c == ' ')
            return Any;
        return UnicodeData.ScriptOf(c) switch
        {
            null => Any,
            "Hiragana" or "Katakana" => "Han",
            var script => script,
        };
    }
}
