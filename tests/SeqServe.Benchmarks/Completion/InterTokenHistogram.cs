using System.Globalization;
using System.Text.RegularExpressions;

namespace SeqServe.Benchmarks.Completion;

/// <summary>Times between tokens as the server's own loop saw them: what a client sees adds the client's share of a busy machine.</summary>
internal sealed partial class InterTokenHistogram
{
    private readonly SortedDictionary<double, double> _counts = [];

    /// <summary>Reads the server's metrics page.</summary>
    public static async Task<InterTokenHistogram> ReadAsync(string url, string model)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(new Uri(url), "/metrics"));
        var histogram = new InterTokenHistogram();
        foreach (Match bucket in Bucket().Matches(page))
        {
            if (bucket.Groups["model"].Value == model)
                histogram._counts[double.Parse(bucket.Groups["le"].Value, CultureInfo.InvariantCulture)] =
                    double.Parse(bucket.Groups["count"].Value, CultureInfo.InvariantCulture);
        }

        return histogram;
    }

    /// <summary>A quantile in milliseconds of what came after an earlier reading, interpolated within its bucket as Prometheus does.</summary>
    public double Quantile(double share, InterTokenHistogram earlier)
    {
        var wanted = share * _counts.Keys.Max(le => CountTo(le, earlier));
        var (lower, below) = (0.0, 0.0);
        foreach (var le in _counts.Keys)
        {
            var count = CountTo(le, earlier);
            if (count >= wanted)
                return 1000 * (lower + ((le - lower) * (wanted - below) / Math.Max(1, count - below)));
            (lower, below) = (le, count);
        }

        return 1000 * lower;
    }

    private double CountTo(double le, InterTokenHistogram earlier) => _counts[le] - earlier._counts.GetValueOrDefault(le);

    [GeneratedRegex("""^seqserve_inter_token_seconds_bucket\{model="(?<model>[^"]*)".*le="(?<le>[0-9.e+-]+)"\} (?<count>\S+)""", RegexOptions.Multiline)]
    private static partial Regex Bucket();
}
