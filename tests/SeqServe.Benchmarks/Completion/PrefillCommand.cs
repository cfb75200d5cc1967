using System.Diagnostics;
using System.Globalization;

namespace SeqServe.Benchmarks.Completion;

/// <summary>Reading a prompt in one run against reading it token by token, on one thread.</summary>
internal static class PrefillCommand
{
    public static int Run(Arguments arguments)
    {
        using var model = new OfflineModel(arguments);
        var tokens = arguments.Number("--tokens", 256);
        var rounds = arguments.Number("--rounds", 15);
        var ids = Enumerable.Range(0, tokens).Select(i => 4 + (i * 37 % (model.Backend.VocabularySize - 4))).ToArray();
        var samples = new List<(double Whole, double Steps)>();
        for (var round = -1; round < rounds; round++)
        {
            var whole = Time(() => model.Read([ids]).Dispose());
            var steps = Time(() => ReadStepwise(model, ids));
            if (round >= 0)
                samples.Add((whole, steps));
        }

        double Median(Func<(double Whole, double Steps), double> of) => samples.Select(of).Order().ElementAt(rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Name}: {tokens} tokens, median of {rounds} rounds, one thread: in one run " +
            $"{Median(s => s.Whole):0.0} ms, in {tokens} steps {Median(s => s.Steps):0.0} ms, ratio **{Median(s => s.Whole / s.Steps):0.000}**"));
        return 0;
    }

    private static void ReadStepwise(OfflineModel model, int[] ids)
    {
        using var rows = model.Backend.NewRows();
        rows.Begin(default);
        Span<int> token = stackalloc int[1];
        foreach (var id in ids)
        {
            token[0] = id;
            rows.RunStep(token);
        }
    }

    private static double Time(Action run)
    {
        var started = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
