using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Patterns;

/// <summary>Oniguruma's named classes.</summary>
internal static class PatternClass
{
    private static readonly (string Name, string Word)[] s_letters =
        [("L", "LETTER"), ("M", "MARK"), ("N", "NUMBER"), ("P", "PUNCTUATION"), ("S", "SYMBOL"), ("Z", "SEPARATOR"), ("C", "OTHER")];

    private static readonly Dictionary<string, UnicodeSet[]> s_named = Make();

    /// <summary>Decimal digits.</summary>
    public static CharSet Digit { get; } = CharSet.Of(UnicodeSet.Nd);

    /// <summary>Whitespace.</summary>
    public static CharSet Space { get; } = CharSet.Of(UnicodeSet.Whitespace);

    /// <summary>Letters, marks, digits and connectors.</summary>
    public static CharSet Word { get; } = CharSet.Of(UnicodeSet.RegexWord);

    /// <summary>The same within a class, where Oniguruma goes by other tables: superscript digits and fractions are no word characters there.</summary>
    public static CharSet WordInClass { get; } = Word.Intersect(CharSet.Of((0xB2, 0xB4), (0xB9, 0xBA), (0xBC, 0xBF)).Invert());

    /// <summary>Hexadecimal digits.</summary>
    public static CharSet HexDigit { get; } = CharSet.Of(('0', '9' + 1), ('a', 'f' + 1), ('A', 'F' + 1));

    /// <summary>A class by its name in <c>\p{…}</c> or <c>[:…:]</c>; null where it is not known.</summary>
    /// <param name="name">The name.</param>
    /// <param name="inClass">Whether it stands within a class.</param>
    /// <param name="inColons">Whether it stands between colons.</param>
    public static CharSet? Find(string name, bool inClass, bool inColons)
    {
        var plain = name.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return plain.ToUpperInvariant() switch
        {
            "ANY" => CharSet.All,
            "ASCII" => CharSet.Of((0, 128)),
            "ASSIGNED" => CharSet.Of(UnicodeSet.Cn).Invert(),
            "BLANK" => CharSet.Union([CharSet.Of(UnicodeSet.Zs), CharSet.Of('\t')]),
            "XDIGIT" or "ASCIIHEXDIGIT" => HexDigit,
            "DIGIT" => Digit,
            "SPACE" or "WHITESPACE" => Space,
            "WORD" => inClass ? WordInClass : Word,
            "PUNCT" when inColons => CharSet.Of(UnicodeSet.Punct),
            var upper => s_named.TryGetValue(upper, out var sets) ? CharSet.Of(sets) : null,
        };
    }

    private static Dictionary<string, UnicodeSet[]> Make()
    {
        var named = new Dictionary<string, UnicodeSet[]>();
        for (var set = UnicodeSet.Lu; set <= UnicodeSet.Ideographic; set++)
            named[set.ToString().ToUpperInvariant()] = [set];
        foreach (var (name, letter) in s_letters)
        {
            UnicodeSet[] members = [.. Enumerable.Range((int)UnicodeSet.Lu, UnicodeSet.Cn - UnicodeSet.Lu + 1).Select(s => (UnicodeSet)s)
                .Where(s => s.ToString().StartsWith(name, StringComparison.Ordinal))];
            named[name] = named[letter] = members;
        }

        named["PUNCT"] = named["P"];
        named["LC"] = [UnicodeSet.Lu, UnicodeSet.Ll, UnicodeSet.Lt];
        named["ALPHABETIC"] = [UnicodeSet.Alpha];
        named["UPPERCASE"] = [UnicodeSet.Upper];
        named["LOWERCASE"] = [UnicodeSet.Lower];
        named["UPPERCASELETTER"] = [UnicodeSet.Lu];
        named["LOWERCASELETTER"] = [UnicodeSet.Ll];
        named["TITLECASELETTER"] = [UnicodeSet.Lt];
        named["MODIFIERLETTER"] = [UnicodeSet.Lm];
        named["OTHERLETTER"] = [UnicodeSet.Lo];
        named["NONSPACINGMARK"] = [UnicodeSet.Mn];
        named["SPACINGMARK"] = [UnicodeSet.Mc];
        named["ENCLOSINGMARK"] = [UnicodeSet.Me];
        named["DECIMALNUMBER"] = [UnicodeSet.Nd];
        named["LETTERNUMBER"] = [UnicodeSet.Nl];
        named["OTHERNUMBER"] = [UnicodeSet.No];
        named["CONTROL"] = [UnicodeSet.Cc];
        named["FORMAT"] = [UnicodeSet.Cf];
        return named;
    }
}
