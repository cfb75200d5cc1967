using System.Globalization;
using SeqServe.TestSupport;

namespace SeqServe.Attack;

/// <summary>What to attack and how hard.</summary>
internal sealed record AttackOptions
{
    public const string Usage = """
        usage: SeqServe.Attack [--requests N] [--seed S] [--skip NAME,…]        a server of its own, on free ports of this machine
               SeqServe.Attack --url http://127.0.0.1:8080 [--grpc URL] [--pid N]   one that runs: it is not stopped, its log is not read
          --requests N      malformed requests (default 20000)
          --seed S          all of them follow from it (default 1)
          --only INDEX      makes and sends that request alone, and shows it with its answer; A-B: these, one after another, a line each
          --skip NAME,…     phases or kinds of requests to leave out
          --clients N       malformed requests in flight (default 4)
          --server COMMAND  SeqServe.Api.dll or a command (default: the one built beside this program)
          --patience S      seconds after which a request that is not answered hangs (default 5)
          --growth MIB      how much more resident memory the malformed requests may leave behind (default 150)
          --seconds S       length of the phases with slow clients and with too many (default 8)
          --log FILE        a copy of the server's log
        """;

    private static readonly string[] s_known =
        ["requests", "seed", "only", "skip", "clients", "server", "url", "grpc", "pid", "patience", "growth", "seconds", "log"];

    public long Requests { get; init; } = 20_000;

    public long Seed { get; init; } = 1;

    /// <summary>The first and the last of the requests that are sent alone; null for a whole run.</summary>
    public (long First, long Last)? Only { get; init; }

    public IReadOnlySet<string> Skip { get; init; } = new HashSet<string>();

    public int Clients { get; init; } = 4;

    /// <summary>The program that is started, with its arguments.</summary>
    public IReadOnlyList<string> Server { get; init; } = [];

    /// <summary>A server that runs already, or null for one of its own.</summary>
    public Uri? Url { get; init; }

    /// <summary>Where the running server speaks gRPC; null leaves its requests out.</summary>
    public Uri? Grpc { get; init; }

    /// <summary>The running server's process on this machine, for its memory.</summary>
    public int? Pid { get; init; }

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public double GrowthMiB { get; init; } = 150;

    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(8);

    public string? LogFile { get; init; }

    /// <summary>Reads the command line; null with a message when it is wrong.</summary>
    public static AttackOptions? Parse(IReadOnlyList<string> args, out string fault)
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

        var unknown = values.Keys.Except(s_known).ToList();
        fault = unknown.Count > 0 ? $"Unknown: {string.Join(", ", unknown)}."
            : values.ContainsKey("server") && values.ContainsKey("url") ? "--server starts a server, --url takes one that runs; give one of them."
            : "";
        if (fault.Length > 0)
            return null;
        try
        {
            return Read(values);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            fault = e.Message;
            return null;
        }
    }

    private static AttackOptions Read(Dictionary<string, string> values)
    {
        var defaults = new AttackOptions();
        return defaults with
        {
            Requests = Whole(values, "requests") ?? defaults.Requests,
            Seed = Whole(values, "seed") ?? defaults.Seed,
            Only = values.TryGetValue("only", out var only) ? Range(only) : null,
            Skip = values.GetValueOrDefault("skip", "").Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
            Clients = (int)(Whole(values, "clients") ?? defaults.Clients),
            Server = Command(values.GetValueOrDefault("server") ?? BuiltServer()),
            Url = values.TryGetValue("url", out var url) ? new Uri(url) : null,
            Grpc = values.TryGetValue("grpc", out var grpc) ? new Uri(grpc) : null,
            Pid = (int?)Whole(values, "pid"),
            Patience = Seconds(values, "patience") ?? defaults.Patience,
            GrowthMiB = Whole(values, "growth") ?? defaults.GrowthMiB,
            Length = Seconds(values, "seconds") ?? defaults.Length,
            LogFile = values.GetValueOrDefault("log"),
        };
    }

    private static string[] Command(string server) =>
        server.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", server] : server.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static (long First, long Last) Range(string text)
    {
        var ends = text.Split('-').Select(end => long.Parse(end, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();
        return (ends[0], ends[^1]);
    }

    // bin/Release/net10.0 of this program and of the server.
    private static string BuiltServer()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return RepositoryRoot.Of("src", "SeqServe.Api", "bin", output.Parent!.Name, output.Name, "SeqServe.Api.dll");
    }

    private static long? Whole(Dictionary<string, string> values, string key) =>
        values.TryGetValue(key, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static TimeSpan? Seconds(Dictionary<string, string> values, string key) =>
        values.TryGetValue(key, out var text) ? TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture)) : null;
}
