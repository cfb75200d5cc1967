namespace SeqServe.Core.Repository.Manifests;

/// <summary>
/// The faults of one file, as they are found. The first are kept and the others counted: a file of nothing but faults would else become a reason, a log line
/// and an answer that are many times its size.
/// </summary>
public sealed class ManifestErrors
{
    /// <summary>Most faults that are told.</summary>
    public const int MaxTold = 20;

    private const int MaxKey = 120;
    private const int MaxValue = 120;
    private const int MaxRemedy = 1000;

    private readonly List<ManifestError> _first = [];

    /// <summary>Faults found.</summary>
    public int Count { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<ManifestError> First => _first;

    /// <summary>Notes a fault, of which the beginning is kept where its parts are long.</summary>
    /// <param name="key">The key at fault, as a path.</param>
    /// <param name="value">What is there, or null when nothing is.</param>
    /// <param name="remedy">What is wrong and what to write instead.</param>
    public void Add(string key, string? value, string remedy)
    {
        Count++;
        if (_first.Count < MaxTold)
            _first.Add(new ManifestError(Shorten(key, MaxKey), value is null ? null : Shorten(value, MaxValue), Shorten(remedy, MaxRemedy)));
    }

    private static string Shorten(string text, int most)
    {
        if (text.Length <= most)
            return text;
        // Not between the two halves of one character, which could not be written as UTF-8.
        var end = char.IsHighSurrogate(text[most - 4]) ? most - 4 : most - 3;
        return $"{text.AsSpan(0, end)}...";
    }
}
