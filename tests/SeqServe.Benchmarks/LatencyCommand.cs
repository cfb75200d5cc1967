using System.Globalization;
using System.Runtime.InteropServices;
using SeqServe.Core.Tasks.Classification;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks;

/// <summary>
/// Prints the table of the shipped classifiers: score, size and the time of one run at batch 1 and 32. The models take turns round by round, so that a
/// slow moment of a shared machine falls on all of them; the median of the rounds is printed.
/// </summary>
internal static class LatencyCommand
{
    // About the mean of SST-2's sentences.
    private const int TokensOfASentence = 24;

    public static int Run(Arguments arguments)
    {
        var folder = arguments.Text("--models", RepositoryRoot.Models);
        var tokens = arguments.Number("--tokens", TokensOfASentence);
        var rounds = arguments.Number("--rounds", 100);
        var models = ShippedTasks.Open(folder).Scan().Where(m => m.Manifest?.Task == ClassificationTask.TaskName && m.Fault is null).ToList();
        if (models.Count == 0)
        {
            Console.Error.WriteLine($"No classifier in {folder}.");
            return 1;
        }

        using var runs = new LatencyRuns(models, tokens);
        for (var round = 0; round < rounds; round++)
        {
            runs.Measure();
            if ((round + 1) % 10 == 0)
                Console.Error.WriteLine($"round {round + 1} of {rounds}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, " +
            $"{RuntimeInformation.FrameworkDescription}; one thread, rows of {tokens} tokens, median of {rounds} rounds\n"));
        Console.WriteLine("| model | architecture | on the test set | parameters | file | ms, batch 1 | ms, batch 32 | rows/s at 1 | rows/s at 32 |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var row in runs.Rows())
            Console.WriteLine(row);
        return 0;
    }
}
