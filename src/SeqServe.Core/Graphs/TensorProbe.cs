using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// Finds out at load whether requests may share a run of a graph. First by what the reading of the graph says; then by runs: the same row among neighbours
/// that are larger, smaller and no numbers, first and last, of several lengths and magnitudes, must come out bit for bit alike, and as it does alone. The
/// values are guesses, the same at every load; a graph that takes none of them is run one request at a time. The first run is also the warm-up.
/// </summary>
internal static class TensorProbe
{
    // Beyond this a row costs more than a batch could save.
    private const long MaxElements = 1 << 22;

    // Sizes of the axes that may have any, in the order in which they are tried. All get the same one, since axes of one name must agree.
    private static readonly int[] s_sizes = [3, 8, 17, 64, 256, 512, 1024, 2, 1];

    // As many sizes as take part.
    private const int Lengths = 3;

    private static readonly float[] s_magnitudes = [1, 1e-3f, 1e3f, 1e6f];

    // After that no further neighbours are tried: a graph of which a row takes a second is not held up by a hundred runs.
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(4);

    /// <summary>Whether every row of axis 0 is computed from itself alone.</summary>
    /// <param name="backend">The graph.</param>
    /// <param name="time">The clock by which trials of a slow graph end.</param>
    public static RowVerdict Judge(ITensorBackend backend, TimeProvider time)
    {
        var signature = backend.Signature;
        var tied = signature.Inputs.Concat(signature.Outputs).FirstOrDefault(spec => !HasFreeRows(spec));
        if (tied is not null || signature.Inputs.Count == 0)
        {
            new TensorTrial(backend).WarmUp(s_sizes, MaxElements);
            return RowVerdict.Alone(tied is null ? "the graph has no input" : $"axis 0 of {tied} is not free, so that rows cannot lie along it");
        }

        var trial = new TensorTrial(backend);
        if (backend.MixesRows is { } reason)
        {
            trial.WarmUp(s_sizes, MaxElements);
            return RowVerdict.Alone(reason);
        }

        var began = time.GetTimestamp();
        return Probe(trial, () => time.GetElapsedTime(began) > s_most);
    }

    private static RowVerdict Probe(TensorTrial trial, Func<bool> isOver)
    {
        var taken = 0;
        foreach (var size in s_sizes)
        {
            if (trial.Elements(size) is not { } elements || elements > MaxElements || !trial.Takes(size))
                continue;
            // The magnitudes matter wherever rows meet, and so once.
            foreach (var magnitude in taken == 0 ? s_magnitudes : s_magnitudes[..1])
            {
                if ((magnitude == s_magnitudes[0] || !isOver()) && Fault(trial, size, magnitude, isOver) is { } fault)
                    return RowVerdict.Alone($"a trial at load gave a row {fault}");
            }

            taken++;
            if (taken == Lengths || !trial.HasLengths || isOver())
                break;
        }

        return taken > 0
            ? RowVerdict.Batched
            : RowVerdict.Alone("the graph took none of the values and sizes that were tried, so that nothing is known of its rows");
    }

    private static string? Fault(TensorTrial trial, int size, float magnitude, Func<bool> isOver)
    {
        var row = new TrialRow(0, magnitude, TrialWholes.Mixed);
        (TrialRow Larger, TrialRow Smaller)[] neighbours =
        [
            (new(1, magnitude * 8, TrialWholes.High), new(2, magnitude / 8, TrialWholes.Low)),
            (new(7, magnitude / 64, TrialWholes.Mixed), new(8, magnitude / 1e3f, TrialWholes.Mixed)),
            (new(3, magnitude * 1e3f, TrialWholes.Low), new(4, 0, TrialWholes.High)),
            (new(5, float.NaN, TrialWholes.Wide), new(6, -magnitude * 64, TrialWholes.Least)),
        ];
        using var alone = trial.Run(size, row);
        if (alone is null)
            return null;
        return Fault(trial, size, alone, [.. neighbours.Select(n => new[] { row, n.Larger, n.Smaller })], place: 0, isOver)
            ?? Fault(trial, size, alone, [.. neighbours.Select(n => new[] { n.Smaller, n.Larger, row })], place: 2, isOver);
    }

    // Of two batches of one shape a kernel computes a row in the same order, whatever the others hold: not a bit may differ. Alone it may sum in another
    // order, which large numbers make visible.
    private static string? Fault(TensorTrial trial, int size, TensorOutputs alone, IReadOnlyList<TrialRow[]> batches, int place, Func<bool> isOver)
    {
        TensorOutputs? first = null;
        var magnitude = batches[0][place].Magnitude;
        try
        {
            foreach (var rows in batches)
            {
                if (first is not null && isOver())
                    break;
                var batch = trial.Run(size, rows);
                if (batch is null)
                    continue;
                using var spare = first is null ? null : batch;
                first ??= batch;
                if (magnitude <= 1 && !RowsAgree.Nearly(alone, batch, place, rows.Length))
                    return "another answer in a batch than alone";
                if (!RowsAgree.Exactly(first, batch, place, rows.Length))
                    return "another answer among other neighbours";
            }

            return first is null && magnitude == s_magnitudes[0] ? "no answer in a batch" : null;
        }
        finally
        {
            first?.Dispose();
        }
    }

    private static bool HasFreeRows(TensorSpec spec) => spec.Shape is { Count: > 0 } shape && shape[0] < 0;
}

/// <summary>Whether requests may share a run, and by which rule.</summary>
/// <param name="IsBatched">Whether they may.</param>
/// <param name="Reason">A sentence that says why, for whoever looks at the model.</param>
public sealed record RowVerdict(bool IsBatched, string Reason)
{
    /// <summary>Both the reading of the graph and the runs found rows independent.</summary>
    public static RowVerdict Batched { get; } =
        new(true, "Every operator computes a row from itself, and trials at load gave each row the same answer in every batch.");

    /// <summary>Requests are run one by one.</summary>
    /// <param name="why">The rest of a sentence, without its end.</param>
    public static RowVerdict Alone(string why) => new(false, $"Requests are run one by one: {why}.");
}
