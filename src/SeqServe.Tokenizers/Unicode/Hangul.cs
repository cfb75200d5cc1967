namespace SeqServe.Tokenizers.Unicode;

/// <summary>Hangul syllables, which are composed by arithmetic (Unicode 9.0, section 3.12).</summary>
internal static class Hangul
{
    /// <summary>The first syllable.</summary>
    public const int FirstSyllable = 0xAC00;

    /// <summary>The last syllable.</summary>
    public const int LastSyllable = FirstSyllable + (Leads * Vowels * Tails) - 1;

    /// <summary>The first vowel.</summary>
    public const int FirstVowel = 0x1161;

    /// <summary>The last final consonant.</summary>
    public const int LastTail = TailBase + Tails - 1;

    private const int FirstLead = 0x1100;
    private const int TailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    /// <summary>Whether a code point is a syllable.</summary>
    public static bool IsSyllable(int codePoint) => codePoint is >= FirstSyllable and <= LastSyllable;

    /// <summary>The parts of a syllable; the third is 0 where there are two.</summary>
    public static (int Lead, int Vowel, int Tail) Decompose(int syllable)
    {
        var index = syllable - FirstSyllable;
        var tail = index % Tails;
        return (FirstLead + (index / (Vowels * Tails)), FirstVowel + (index % (Vowels * Tails) / Tails), tail == 0 ? 0 : TailBase + tail);
    }

    /// <summary>The syllable of two parts, or -1.</summary>
    public static int Compose(int first, int second)
    {
        if (first is >= FirstLead and < FirstLead + Leads && second is >= FirstVowel and < FirstVowel + Vowels)
            return FirstSyllable + ((((first - FirstLead) * Vowels) + second - FirstVowel) * Tails);
        if (IsSyllable(first) && (first - FirstSyllable) % Tails == 0 && second is > TailBase and < TailBase + Tails)
            return first + second - TailBase;
        return -1;
    }
}
