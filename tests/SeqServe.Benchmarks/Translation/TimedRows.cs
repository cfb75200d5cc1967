using System.Diagnostics;
using SeqServe.Core.Backends;

namespace SeqServe.Benchmarks.Translation;

/// <summary>Rows that note how long each step ran, and how long the loop took between a step and the next when nothing was encoded between them.</summary>
internal sealed class TimedRows(ITranslatorRows rows) : ITranslatorRows
{
    private long _ended;

    /// <summary>Rows, milliseconds of the run, and milliseconds of the loop before it, of each step that followed on another of as many rows.</summary>
    public List<(int Rows, double Run, double Loop)> Steps { get; } = [];

    public int Count => rows.Count;

    public int StateSize => rows.StateSize;

    public void RunStep(ReadOnlySpan<int> tokens, int first = 0)
    {
        var started = Stopwatch.GetTimestamp();
        rows.RunStep(tokens, first);
        var ended = Stopwatch.GetTimestamp();
        if (_ended != 0)
            Steps.Add((tokens.Length, Stopwatch.GetElapsedTime(started, ended).TotalMilliseconds, Stopwatch.GetElapsedTime(_ended, started).TotalMilliseconds));
        _ended = Stopwatch.GetTimestamp();
    }

    public void Encode(PaddedBatch sources)
    {
        rows.Encode(sources);
        _ended = 0;
    }

    public ReadOnlySpan<float> Logits(int row) => rows.Logits(row);

    public ReadOnlySpan<float> Attention(int row) => rows.Attention(row);

    public void CopyState(int row, Span<float> state) => rows.CopyState(row, state);

    public void Fork(int row) => rows.Fork(row);

    public void Replace(int row, int by) => rows.Replace(row, by);

    public void RemoveAt(int row) => rows.RemoveAt(row);

    public void Dispose() => rows.Dispose();
}
