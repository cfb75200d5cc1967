using System.Diagnostics;
using SeqServe.Core.Compute;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Benchmarks.Translation;

/// <summary>Measures the decoding loop by itself: one thread, no HTTP.</summary>
internal static class EngineReport
{
    private const int Rows = 32;

    public static void Print(BenchTranslator model, IReadOnlyList<int[]> sources, int rounds)
    {
        using var scheduler = new RunScheduler(1);
        var rows = new TimedRows(model.Backend.NewRows());
        using var batcher = model.NewBatcher(rows, scheduler, Rows);
        Keep(batcher, model, sources, sources.Count / 4);
        rows.Steps.Clear();

        var done = Keep(batcher, model, sources, sources.Count);
        var full = rows.Steps.Where(step => step.Rows >= Rows * 3 / 4).ToList();
        var step = TranslateCommand.Median(full.Select(s => s.Run + s.Loop));
        var first = done.Select(s => Stopwatch.GetElapsedTime(s.StartedAt, s.FirstTokenAt).TotalMilliseconds / step).ToList();
        TranslateCommand.Row($"decode step at {Rows} rows, median ms", TranslateCommand.Median(full.Select(s => s.Run)));
        TranslateCommand.Row("scheduler and search per step over the run, median", TranslateCommand.Median(full.Select(s => s.Loop / s.Run)));
        TranslateCommand.Row("first token after the prefill begins, in decode steps, median", TranslateCommand.Median(first));
        TranslateCommand.Row("first token after the prefill begins, in decode steps, p95", TranslateCommand.Quantile(first, 0.95));
        PrintShort(batcher, model, sources, rounds);
    }

    // As many sequences in flight as there are slots: each that ends makes room for the next. The first ones, which come all at once, are not returned.
    private static List<TranslationSequence> Keep(ContinuousBatcher batcher, BenchTranslator model, IReadOnlyList<int[]> sources, int count)
    {
        var sent = new List<TranslationSequence>();
        var flying = new List<TranslationSequence>();
        for (var i = 0; i < count || flying.Count > 0;)
        {
            for (; i < count && flying.Count < Rows; i++)
            {
                flying.Add(Send(batcher, model, sources[i], null));
                sent.Add(flying[^1]);
            }

            Task.WaitAny([.. flying.Select(sequence => sequence.Completion)]);
            flying.RemoveAll(sequence => sequence.Completion.IsCompleted);
        }

        return sent[Rows..];
    }

    private static void PrintShort(ContinuousBatcher batcher, BenchTranslator model, IReadOnlyList<int[]> sources, int rounds)
    {
        var text = sources.OrderBy(source => source.Length).ElementAt(sources.Count / 2);
        var longest = sources.OrderByDescending(source => source.Length).Take(Rows - 1).ToList();
        var (alone, among) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds * 10; round++)
        {
            alone.Add(Short());
            var others = longest.ConvertAll(source => Send(batcher, model, source, null));
            // They are all decoding when the short one comes.
            SpinWait.SpinUntil(() => others.TrueForAll(other => other.FirstTokenAt != 0 || other.Completion.IsCompleted));
            among.Add(Short());
            Task.WaitAll([.. others.Select(other => other.Completion)]);
        }

        TranslateCommand.Row("1-token request alone, median ms", TranslateCommand.Median(alone));
        TranslateCommand.Row($"1-token request among {Rows - 1} long ones, median ms", TranslateCommand.Median(among));
        TranslateCommand.Row("ratio", TranslateCommand.Median(among) / TranslateCommand.Median(alone), " ×");

        double Short()
        {
            var sequence = Send(batcher, model, text, 1);
            sequence.Completion.Wait();
            return Stopwatch.GetElapsedTime(sequence.EnqueuedAt, sequence.FinishedAt).TotalMilliseconds;
        }
    }

    private static TranslationSequence Send(ContinuousBatcher batcher, BenchTranslator model, int[] source, int? maxTokens)
    {
        var options = new SearchOptions(1, 1, maxTokens, model.Manifest.Limits.MaxOutputTokens!.Value, model.EndId, KeepAttention: false, Generation: null);
        var sequence = new TranslationSequence(source, options, 0, null, default);
        batcher.Enqueue([sequence]);
        return sequence;
    }
}
