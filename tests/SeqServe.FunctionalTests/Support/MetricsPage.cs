using System.Globalization;
using System.Text.RegularExpressions;

namespace SeqServe.FunctionalTests.Support;

/// <summary>The Prometheus page, read as a scraper reads it.</summary>
internal sealed partial class MetricsPage
{
    private readonly List<Sample> _samples = [];
    private readonly Dictionary<string, string> _types = [];

    private MetricsPage(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TypeLine().Match(line) is { Success: true } type)
                _types[type.Groups["name"].Value] = type.Groups["type"].Value;
            else if (SampleLine().Match(line) is { Success: true } sample)
                _samples.Add(Sample.From(sample));
        }
    }

    public IEnumerable<Sample> Samples => _samples;

    public IReadOnlyDictionary<string, string> Types => _types;

    public static async Task<MetricsPage> ReadAsync(HttpClient client) => new(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)));

    /// <summary>The sum of the samples of a name whose labels have these values.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) =>
        _samples.Where(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Label) == l.Value)).Sum(s => s.Value);

    /// <summary>Requests that ended in one way.</summary>
    public double Requests(string outcome) => Sum("seqserve_requests_total", ("outcome", outcome));

    [GeneratedRegex("^# TYPE (?<name>\\S+) (?<type>\\S+)")]
    private static partial Regex TypeLine();

    [GeneratedRegex("^(?<name>[a-z_0-9]+)(\\{(?<labels>.*)\\})? (?<value>\\S+)")]
    private static partial Regex SampleLine();

    [GeneratedRegex("(?<key>[a-z_]+)=\"(?<value>(\\\\.|[^\"\\\\])*)\"")]
    private static partial Regex Label();

    internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
    {
        public static Sample From(Match line) => new(
            line.Groups["name"].Value,
            Label().Matches(line.Groups["labels"].Value).ToDictionary(l => l.Groups["key"].Value, l => l.Groups["value"].Value),
            double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));
    }
}
