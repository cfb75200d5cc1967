namespace SeqServe.Tokenizers.Files;

/// <summary>What stands around texts, as <see cref="ConvertedTokenizer.Template"/> reads it.</summary>
internal static class SentencePieceTemplates
{
    /// <summary>A begin token, an end token, both or neither (tokenization_llama_fast.py, update_post_processor).</summary>
    public static (string Single, string Pair) Around(string? bos, string? eos)
    {
        var single = $"{(bos is null ? "" : bos + " ")}$A{(eos is null ? "" : " " + eos)}";
        return (single, $"{single}{(bos is null ? "" : $" {bos}:1")} $B:1{(eos is null ? "" : $" {eos}:1")}");
    }

    /// <summary>A language's code and the end token (set_src_lang_special_tokens).</summary>
    /// <param name="tokenizerClass">transformers' class.</param>
    /// <param name="code">The code of the text's language.</param>
    /// <param name="eos">The end token.</param>
    /// <param name="legacy">Whether NLLB has the code behind the text, as it had at first.</param>
    public static (string Single, string Pair) OfLanguage(string tokenizerClass, string code, string eos, bool legacy) =>
        tokenizerClass == "MBartTokenizer" || (tokenizerClass == "NllbTokenizer" && legacy)
            ? ($"$A {eos} {code}", $"$A $B {eos} {code}")
            : ($"{code} $A {eos}", $"{code} $A $B {eos}");
}
