using System.Globalization;
using System.Runtime.InteropServices;
using SeqServe.Core.Models;
using SeqServe.Core.Models.Manifests;

namespace SeqServe.Benchmarks;

/// <summary>
/// Prints the table of the shipped classifiers: score, size and the time of one run at batch 1 and 32. The models take turns round by round, so that a
/// slow moment of a shared machine falls on all of them; the median of the rounds is printed.
/// </summary>
internal static class LatencyCommand
{
    public static int Run(IReadOnlyList<string> args)
    {
        var options = LatencyOptions.Parse(args);
        var models = new FileModelRepository(options.Models).Scan().Where(m => m.Manifest?.Task == ModelTask.Classification && m.Fault is null).ToList();
        if (models.Count == 0)
        {
            Console.Error.WriteLine($"No classifier in {options.Models}.");
            return 1;
        }

        using var runs = new LatencyRuns(models, options.Tokens);
        for (var round = 0; round < options.Rounds; round++)
        {
            runs.Measure();
            if ((round + 1) % 10 == 0)
                Console.Error.WriteLine($"round {round + 1} of {options.Rounds}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}; one thread, rows of {options.Tokens} tokens, median of {options.Rounds} rounds\n"));
        Console.WriteLine("| model | architecture | test accuracy | parameters | file | ms, batch 1 | ms, batch 32 | rows/s at 1 | rows/s at 32 |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var row in runs.Rows())
            Console.WriteLine(row);
        return 0;
    }
}
