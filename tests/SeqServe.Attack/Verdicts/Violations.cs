using System.Globalization;

namespace SeqServe.Attack.Verdicts;

/// <summary>What must not happen and did. Safe for concurrent use.</summary>
/// <param name="seed">The run's seed.</param>
internal sealed class Violations(long seed)
{
    private const int MostKept = 20;
    private const int MostOfAKind = 3;
    private const int LongestText = 1000;

    private readonly Lock _gate = new();
    private readonly List<string> _kept = [];
    private readonly Dictionary<string, long> _byWhat = new(StringComparer.Ordinal);

    /// <summary>How many.</summary>
    public long Count { get; private set; }

    /// <summary>Notes one of a request that can be sent again alone.</summary>
    /// <param name="index">The request's.</param>
    /// <param name="what">What is wrong, in words that others of its kind share.</param>
    /// <param name="detail">The request and its answer.</param>
    public void Add(long index, string what, string detail) =>
        Add(what, detail, string.Create(CultureInfo.InvariantCulture, $"\n      again: --seed {seed} --only {index}"));

    /// <summary>Notes one.</summary>
    /// <param name="what">What is wrong, in words that others of its kind share.</param>
    /// <param name="detail">More of it.</param>
    public void Add(string what, string detail) => Add(what, detail, "");

    /// <summary>Prints how many there are of each kind, and the first ones.</summary>
    public void Write(TextWriter output)
    {
        lock (_gate)
        {
            if (Count == 0)
                return;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{Count} violations"));
            foreach (var (what, count) in _byWhat.OrderByDescending(pair => pair.Value))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,7} {what}"));
            foreach (var line in _kept)
                output.WriteLine($"  - {line}");
        }
    }

    private void Add(string what, string detail, string again)
    {
        lock (_gate)
        {
            Count++;
            var same = _byWhat.GetValueOrDefault(what) + 1;
            _byWhat[what] = same;
            // A few of each kind say more than twenty of the first.
            if (_kept.Count < MostKept && same <= MostOfAKind)
                _kept.Add($"{what}: {Printable.Of(detail, LongestText)}{again}");
        }
    }
}
