using SeqServe.Core.Backends;
using SeqServe.Core.Decoding;

namespace SeqServe.Onnx.Decoding;

/// <summary>Rows of a language model that another framework exported.</summary>
/// <param name="graph">The graph.</param>
/// <param name="sharing">Which rows may share a run.</param>
internal sealed class ExportedRows(ExportedGraph graph, RowSharing sharing)
    : GroupedRows(() => new ExportedGroup(graph.Caches, [], graph.MaxTokens), graph.VocabularySize, sharing), ILanguageModelRows
{
    // Scores of one run beyond which a read is cut into several: 64 MiB of them.
    private const int MaxScores = 1 << 24;

    private readonly RowSharing _sharing = sharing;
    private readonly ExportedRun _run = new(graph);
    private long[] _tokens = [];
    private long[] _lengths = [];

    /// <inheritdoc/>
    public override int StateSize { get; } = graph.States.Sum(static state => state.RowSize);

    // A run of padded rows leaves them with different pasts, and may give the scores behind the last column only.
    protected override bool PadsReads => _sharing == RowSharing.Any && graph.TakesPadding && graph.GivesAllLogits;

    /// <inheritdoc/>
    public void Begin(ReadOnlySpan<float> state)
    {
        if (state.Length != 0 && state.Length != StateSize)
            throw new BackendException($"A state of {state.Length} floats was given, the model has {StateSize}.");
        Add(new ExportedRow { State = state.Length == 0 ? new float[StateSize] : state.ToArray() });
    }

    /// <inheritdoc/>
    public void Append(ILanguageModelRows other, int row) => Add(((ExportedRows)other)[row]);

    /// <inheritdoc/>
    public void Read(PaddedBatch tokens, int first = 0) => Run(new RowInputs(tokens.Ids.Span, tokens.Lengths.Span, tokens.Time, first));

    /// <summary>Log-probabilities of each next token of texts, by rows of their own.</summary>
    /// <param name="graph">A graph that gives the scores behind each token.</param>
    /// <param name="texts">As for <see cref="ILanguageModelBackend.Score"/>.</param>
    /// <param name="logProbabilities">As for <see cref="ILanguageModelBackend.Score"/>.</param>
    /// <exception cref="BackendException">A run failed.</exception>
    public static void Score(ExportedGraph graph, PaddedBatch texts, Span<float> logProbabilities)
    {
        using var rows = new ExportedRows(graph, RowSharing.Any);
        for (var i = 0; i < texts.Rows; i++)
        {
            rows.Begin([]);
            rows[i].Place = i;
        }

        var tokens = new RowInputs(texts.Ids.Span, texts.Lengths.Span, texts.Time, 0);
        var group = rows[0].Group;
        var width = texts.Time - 1;
        logProbabilities[..(texts.Rows * width)].Clear();
        for (var at = 0; at < width;)
        {
            var time = Math.Min(rows.Columns(texts.Rows), width - at);
            rows.Chunk(group, tokens, at, time);
            for (var i = 0; i < texts.Rows; i++)
            {
                var ids = tokens.Ids(rows[i], 0, tokens.Length(rows[i]));
                for (var t = 0; t < time && at + t + 1 < ids.Length; t++)
                    logProbabilities[(i * width) + at + t] = LogProbability(rows._run.Logits(i, t), (int)ids[at + t + 1]);
            }

            at += time;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _run.Dispose();
    }

    /// <inheritdoc/>
    protected override void Read(ExportedGroup group, RowInputs tokens, LogitsTaker take)
    {
        var longest = 0;
        foreach (var row in group.Rows)
            longest = Math.Max(longest, tokens.Length(row));
        for (var at = 0; at < longest;)
        {
            var room = graph.MaxTokens - group.Longest;
            var columns = Math.Max(1, Math.Min(Math.Min(Columns(group.Rows.Count), room), longest - at));
            Chunk(group, tokens, at, columns);
            foreach (var row in group.Rows)
            {
                var last = tokens.Length(row) - 1 - at;
                if (last >= 0 && last < columns)
                    take(row, _run.Logits(row.Index, last));
            }

            at += columns;
        }
    }

    private static float LogProbability(ReadOnlySpan<float> logits, int id) => (float)(logits[id] - LogitsMath.LogSumExp(logits));

    private int Columns(int rows) => graph.GivesAllLogits ? (int)Math.Max(1, MaxScores / ((long)rows * graph.VocabularySize)) : int.MaxValue;

    private void Chunk(ExportedGroup group, RowInputs tokens, int at, int columns)
    {
        var rows = group.Rows.Count;
        if (_tokens.Length < rows * columns)
            _tokens = new long[rows * columns];
        if (_lengths.Length < rows)
            _lengths = new long[rows];
        foreach (var row in group.Rows)
        {
            tokens.Ids(row, at, columns).CopyTo(_tokens.AsSpan(row.Index * columns));
            _lengths[row.Index] = Math.Clamp(tokens.Length(row) - at, 0, columns);
        }

        _run.Run(group, _tokens.AsSpan(0, rows * columns), _lengths.AsSpan(0, rows), columns);
    }
}
