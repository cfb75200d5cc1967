using System.Globalization;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks;

/// <summary>Arguments of the command <c>latency</c>.</summary>
/// <param name="Models">The model repository; default the clone's.</param>
/// <param name="Tokens">Tokens per row; default 24, about an SST-2 sentence.</param>
/// <param name="Rounds">Timed runs per model and batch size; default 100.</param>
internal sealed record LatencyOptions(string Models, int Tokens, int Rounds)
{
    public static LatencyOptions Parse(IReadOnlyList<string> args)
    {
        var options = new LatencyOptions("", 24, 100);
        for (var i = 0; i + 1 < args.Count; i += 2)
        {
            options = args[i] switch
            {
                "--models" => options with { Models = args[i + 1] },
                "--tokens" => options with { Tokens = Number(args[i + 1]) },
                "--rounds" => options with { Rounds = Number(args[i + 1]) },
                _ => throw new ArgumentException($"Unknown option {args[i]}."),
            };
        }

        return options.Models.Length > 0 ? options : options with { Models = RepositoryRoot.Models };
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
