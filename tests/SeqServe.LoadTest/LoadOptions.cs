using System.Globalization;

namespace SeqServe.LoadTest;

/// <summary>What to send, where to, and how hard.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: SeqServe.LoadTest --url http://127.0.0.1:8080 [--compare http://127.0.0.1:8081] --texts FILE
          --texts FILE      one text a line, or columns parted by tabs of which the last is the text; sent in order, over and over
          --route PATH      default /v1/classify
          --body JSON       default {"inputs": $TEXT}; $TEXT becomes the text as a JSON string
          --clients N       closed loop: N clients, each sends its next request when the last is answered (default 16)
          --rate R          open loop instead: R requests a second on average, Poisson arrivals, latency from the moment a request was due
          --connections N   most connections of an open loop; what falls due while all are taken is sent late, and counted from when it was due (default 2048)
          --seconds S       measured time of a turn (default 10), after --warmup S (default 2)
          --turns N         turns per server, in alternation A B A B (default 1; 3 with --compare)
          --pid N[,N]       process of each server: its CPU time per answered request is read from /proc
          --json FILE       all results
        """;

    public required IReadOnlyList<LoadTarget> Targets { get; init; }

    public required IReadOnlyList<string> Texts { get; init; }

    public string Route { get; init; } = "/v1/classify";

    public string Body { get; init; } = """{"inputs": $TEXT}""";

    public int Clients { get; init; } = 16;

    public double? Rate { get; init; }

    public int Connections { get; init; } = 2048;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    public int Turns { get; init; } = 1;

    public string? JsonFile { get; init; }

    /// <summary>Reads the command line; null with a message when it is wrong.</summary>
    public static LoadOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Count)
            {
                fault = $"'{args[i]}' is no option with a value.";
                return null;
            }

            values[args[i][2..]] = args[i + 1];
        }

        fault = Missing(values);
        if (fault.Length > 0)
            return null;
        try
        {
            var options = Read(values);
            fault = options.Texts.Count == 0 ? $"{values["texts"]} holds no text."
                : options.Targets.Any(target => target.Url.Scheme != Uri.UriSchemeHttp) ? "Only http:// is spoken."
                : "";
            return fault.Length == 0 ? options : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UriFormatException)
        {
            fault = e.Message;
            return null;
        }
    }

    private static string Missing(Dictionary<string, string> values)
    {
        string[] known = ["url", "compare", "texts", "route", "body", "clients", "rate", "connections", "seconds", "warmup", "turns", "pid", "json"];
        var unknown = values.Keys.Except(known).ToList();
        return unknown.Count > 0 ? $"Unknown: {string.Join(", ", unknown)}."
            : !values.ContainsKey("url") || !values.ContainsKey("texts") ? "--url and --texts are needed."
            : "";
    }

    private static LoadOptions Read(Dictionary<string, string> values)
    {
        var defaults = new LoadOptions { Targets = [], Texts = [] };
        var pids = values.GetValueOrDefault("pid", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        string[] urls = values.TryGetValue("compare", out var other) ? [values["url"], other] : [values["url"]];
        return defaults with
        {
            Targets = [.. urls.Select((url, i) => new LoadTarget(new Uri(url), i < pids.Length ? int.Parse(pids[i], CultureInfo.InvariantCulture) : null))],
            Texts = [.. File.ReadLines(values["texts"]).Select(line => line.Split('\t')[^1]).Where(text => text.Length > 0)],
            Route = values.GetValueOrDefault("route", defaults.Route),
            Body = values.GetValueOrDefault("body", defaults.Body),
            Clients = (int)Number(values, "clients", defaults.Clients),
            Rate = values.ContainsKey("rate") ? Number(values, "rate", 0) : null,
            Connections = (int)Number(values, "connections", defaults.Connections),
            Duration = TimeSpan.FromSeconds(Number(values, "seconds", 10)),
            WarmUp = TimeSpan.FromSeconds(Number(values, "warmup", 2)),
            Turns = (int)Number(values, "turns", urls.Length == 1 ? 1 : 3),
            JsonFile = values.GetValueOrDefault("json"),
        };
    }

    private static double Number(Dictionary<string, string> values, string key, double fallback) =>
        values.TryGetValue(key, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
