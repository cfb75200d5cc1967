using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace SeqServe.Tokenizers.Unicode;

/// <summary>
/// Classes, case and decompositions of code points as the reference's libraries have them: neither .NET's tables nor those of the machine's ICU, whose
/// versions differ from it and from each other.
/// </summary>
internal static class UnicodeData
{
    private const int LastRankShift = 26;
    private const int PageSize = 256;
    private const int CategoryShift = 16;

    private static readonly (int Start, int End)[][] s_sets;
    private static readonly Dictionary<int, int[]> s_lower = [];
    private static readonly Dictionary<int, int[]> s_canonical = [];
    private static readonly Dictionary<int, int[]> s_compatible = [];
    private static readonly Dictionary<int, int> s_folds = [];
    private static readonly Dictionary<(int, int), int> s_compositions = [];
    private static readonly ushort[] s_pages = new ushort[0x110000 / PageSize];
    private static readonly uint[] s_flags;
    private static readonly string[] s_scriptNames;
    private static readonly (int Start, int Script)[] s_scripts;

    static UnicodeData()
    {
        var table = new TableReader(Load());
        s_sets = new (int, int)[table.Number()][];
        for (var i = 0; i < s_sets.Length; i++)
            s_sets[i] = table.Set();
        foreach (var (c, to) in table.Map())
            s_lower[c] = to;
        foreach (var (c, to) in table.Map())
            s_canonical[c] = to;
        foreach (var (c, to) in table.Map())
            s_compatible[c] = to;
        foreach (var (c, to) in table.Map())
            s_folds[c] = to[0];
        var ranks = new (int, int)[table.Number()][];
        for (var i = 0; i < ranks.Length; i++)
            ranks[i] = table.Set();
        foreach (var (c, to) in table.Map())
            s_compositions[(to[0], to[1])] = c;
        s_scriptNames = new string[table.Number()];
        for (var i = 0; i < s_scriptNames.Length; i++)
            s_scriptNames[i] = table.Name();
        s_scripts = ReadScripts(ref table);
        s_flags = Compress(Flags(ranks));
    }

    /// <summary>The classes of a code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharFlags FlagsOf(int codePoint) => (CharFlags)Entry(codePoint);

    /// <summary>Whether a code point is in any of the classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(int codePoint, CharFlags flags) => (Entry(codePoint) & (uint)flags) != 0;

    /// <summary>Rank of the combining class; 0 for starters, at most 63.</summary>
    public static int CombiningRank(int codePoint) => (int)(Entry(codePoint) >> LastRankShift);

    /// <summary>Oniguruma's general category.</summary>
    public static UnicodeSet CategoryOf(int codePoint) => UnicodeSet.Lu + (int)((Entry(codePoint) >> CategoryShift) & 31);

    /// <summary>The ranges of a set.</summary>
    public static ReadOnlySpan<(int Start, int End)> RangesOf(UnicodeSet set) => s_sets[(int)set];

    /// <summary>What a code point becomes in lower case; null where it stays.</summary>
    public static int[]? LowerOf(int codePoint) => s_lower.GetValueOrDefault(codePoint);

    /// <summary>The full decomposition but Hangul's; null where there is none.</summary>
    public static int[]? DecompositionOf(int codePoint, bool compatible) =>
        compatible && s_compatible.TryGetValue(codePoint, out var to) ? to : s_canonical.GetValueOrDefault(codePoint);

    /// <summary>What two code points become together, Hangul aside; -1 where nothing.</summary>
    public static int Compose(int first, int second) => s_compositions.TryGetValue((first, second), out var c) ? c : -1;

    /// <summary>The simple case folding.</summary>
    public static int FoldOf(int codePoint) => s_folds.GetValueOrDefault(codePoint, codePoint);

    /// <summary>All code points with a case folding of their own.</summary>
    public static IReadOnlyDictionary<int, int> Folds => s_folds;

    /// <summary>The script's name in the reference's table; null where the table has none.</summary>
    public static string? ScriptOf(int codePoint)
    {
        var low = 0;
        for (var high = s_scripts.Length; low < high;)
        {
            var middle = (low + high) / 2;
            if (s_scripts[middle].Start <= codePoint)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 || s_scripts[low - 1].Script < 0 ? null : s_scriptNames[s_scripts[low - 1].Script];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Entry(int codePoint) => s_flags[(s_pages[codePoint >> 8] << 8) | (codePoint & 255)];

    private static byte[] Load()
    {
        using var packed = typeof(UnicodeData).Assembly.GetManifestResourceStream("SeqServe.Tokenizers.Unicode.tables.bin")!;
        using var plain = new MemoryStream();
        using (var inflate = new DeflateStream(packed, CompressionMode.Decompress))
            inflate.CopyTo(plain);
        return plain.ToArray();
    }

    private static (int, int)[] ReadScripts(ref TableReader table)
    {
        var count = table.Number();
        var scripts = new List<(int, int)>(count * 2);
        for (int i = 0, at = 0, end = 0; i < count; i++)
        {
            at += table.Number();
            if (at > end)
                scripts.Add((end, -1));
            end = at + table.Number() + 1;
            scripts.Add((at, table.Number()));
            if (i == count - 1)
                scripts.Add((end, -1));
        }

        return [.. scripts];
    }

    private static uint[] Flags((int Start, int End)[][] ranks)
    {
        var flags = new uint[0x110000];
        for (var set = UnicodeSet.Whitespace; set <= UnicodeSet.Pictographic; set++)
            Add(flags, s_sets[(int)set], 1u << (int)set);
        for (var set = UnicodeSet.Lu; set <= UnicodeSet.Cn; set++)
            Add(flags, s_sets[(int)set], (uint)(set - UnicodeSet.Lu) << CategoryShift);
        Add(flags, s_sets[(int)UnicodeSet.RegexWord], (uint)CharFlags.RegexWord);
        const CharFlags Composed = CharFlags.NfcChanges | CharFlags.NfkcChanges;
        const CharFlags Decomposed = CharFlags.NfdChanges | CharFlags.NfkdChanges;
        for (var rank = 0; rank < ranks.Length; rank++)
            Add(flags, ranks[rank], ((uint)(rank + 1) << LastRankShift) | (uint)(Composed | Decomposed));
        Add(flags, [(Hangul.FirstSyllable, Hangul.LastSyllable + 1)], (uint)Decomposed);
        Add(flags, [(Hangul.FirstVowel, Hangul.LastTail + 1)], (uint)Composed);
        foreach (var c in s_lower.Keys)
            flags[c] |= (uint)CharFlags.HasLower;
        foreach (var c in s_canonical.Keys)
            flags[c] |= (uint)(Decomposed | Composed);
        foreach (var c in s_compatible.Keys)
            flags[c] |= (uint)(CharFlags.NfkdChanges | CharFlags.NfkcChanges);
        foreach (var ((_, second), c) in s_compositions)
        {
            flags[second] |= (uint)Composed;
            flags[c] &= ~(uint)CharFlags.NfcChanges;
            if (!s_compatible.ContainsKey(c))
                flags[c] &= ~(uint)CharFlags.NfkcChanges;
        }

        foreach (var (_, second) in s_compositions.Keys)
            flags[second] |= (uint)Composed;
        return flags;
    }

    private static void Add(uint[] flags, (int Start, int End)[] ranges, uint flag)
    {
        foreach (var (start, end) in ranges)
        {
            for (var c = start; c < end; c++)
                flags[c] |= flag;
        }
    }

    // Most pages of 256 code points are like one before them.
    private static uint[] Compress(uint[] flags)
    {
        var kept = new List<uint>();
        var places = new Dictionary<int, List<int>>();
        for (var page = 0; page < s_pages.Length; page++)
        {
            var part = flags.AsSpan(page * PageSize, PageSize);
            var hash = new HashCode();
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(part));
            var key = hash.ToHashCode();
            if (!places.TryGetValue(key, out var candidates))
                places[key] = candidates = [];
            var place = candidates.FindIndex(p => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept).Slice(p, PageSize)
                .SequenceEqual(flags.AsSpan(page * PageSize, PageSize)));
            if (place < 0)
            {
                place = candidates.Count;
                candidates.Add(kept.Count);
                kept.AddRange(part);
            }

            s_pages[page] = (ushort)(candidates[place] / PageSize);
        }

        return [.. kept];
    }
}
