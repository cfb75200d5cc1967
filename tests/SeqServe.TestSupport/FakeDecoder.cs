using System.Collections.Concurrent;
using SeqServe.Core.Backends;

namespace SeqServe.TestSupport;

/// <summary>A generating model without a graph, as translator and as language model. Its logits are a function of all that a row has read.</summary>
/// <param name="vocabularySize">Number of token ids.</param>
public sealed class FakeDecoder(int vocabularySize = 16) : ITranslatorBackend, ILanguageModelBackend
{
    /// <summary>What a row has read between its source and its first token.</summary>
    public const int EndOfSource = -1;

    private readonly ManualResetEventSlim _gate = new(true);
    private readonly SemaphoreSlim _started = new(0);

    /// <summary>
    /// Logits behind what a row has read: of a translator the source, <see cref="EndOfSource"/> and the tokens. By default spread by a hash of all of it.
    /// </summary>
    public Func<IReadOnlyList<int>, float[]>? Answer { get; set; }

    /// <summary>Called in each run with what its rows read; throws to let the run fail.</summary>
    public Action<int[][]>? OnRun { get; set; }

    /// <summary>Added to every log-probability of a row of a scored batch; 0 by default.</summary>
    public Func<PaddedBatch, int, float> ScoreShift { get; init; } = static (_, _) => 0;

    /// <summary>Rows of each run so far.</summary>
    public ConcurrentQueue<int> Runs { get; } = new();

    /// <inheritdoc/>
    public int VocabularySize { get; } = vocabularySize;

    /// <inheritdoc/>
    public int StateSize { get; init; }

    /// <inheritdoc/>
    public bool GivesAttention { get; init; } = true;

    /// <inheritdoc/>
    public bool CanScore { get; init; } = true;

    /// <inheritdoc/>
    public string Device => "cpu";

    /// <inheritdoc/>
    public int Sessions => 1;

    /// <inheritdoc/>
    public int ThreadsPerRun => 1;

    /// <inheritdoc/>
    public int ConcurrentRuns { get; init; } = 1;

    /// <summary>Called before rows are made; throws to let that fail.</summary>
    public Action? OnNewRows { get; set; }

    /// <summary>Sets of rows that are made and not disposed.</summary>
    public int OpenRows { get; internal set; }

    /// <summary>Makes rows.</summary>
    public FakeDecoderRows NewRows()
    {
        OnNewRows?.Invoke();
        OpenRows++;
        return new FakeDecoderRows(this);
    }

    ITranslatorRows ITranslatorBackend.NewRows() => NewRows();

    ILanguageModelRows ILanguageModelBackend.NewRows() => NewRows();

    /// <inheritdoc/>
    public void Score(PaddedBatch texts, Span<float> logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var width = texts.Time - 1;
        logProbabilities.Clear();
        for (var row = 0; row < texts.Rows; row++)
        {
            var read = new List<int>();
            for (var i = 0; i + 1 < (int)texts.Lengths.Span[row]; i++)
            {
                read.Add((int)texts.Ids.Span[(row * texts.Time) + i]);
                logProbabilities[(row * width) + i] = ScoreShift(texts, row) + LogSoftmax(Logits(read), (int)texts.Ids.Span[(row * texts.Time) + i + 1]);
            }
        }
    }

    /// <summary>Holds up runs until <see cref="Open"/>.</summary>
    public void Close() => _gate.Reset();

    /// <summary>Lets runs go on.</summary>
    public void Open() => _gate.Set();

    /// <summary>Waits until one more run has begun.</summary>
    public void AwaitStart() => Patience.Wait(_started);

    /// <summary>Forgets the runs so far, such as those of the warm-up.</summary>
    public void Forget()
    {
        Runs.Clear();
        while (_started.Wait(0))
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Logits behind these tokens.</summary>
    public float[] Logits(IReadOnlyList<int> read) => Answer?.Invoke(read) ?? Hashed(read);

    internal void Enter(int[][] read)
    {
        Runs.Enqueue(read.Length);
        _started.Release();
        Patience.Wait(_gate);
        OnRun?.Invoke(read);
    }

    private float[] Hashed(IReadOnlyList<int> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var hash = 2166136261u;
        foreach (var id in read)
            hash = (hash ^ (uint)(id + 2)) * 16777619;
        var logits = new float[VocabularySize];
        for (var i = 0; i < logits.Length; i++)
        {
            hash = (hash ^ (uint)i) * 16777619;
            logits[i] = (hash >> 8) % 1000 / 100f;
        }

        return logits;
    }

    private static float LogSoftmax(float[] logits, int id)
    {
        var max = logits.Max();
        return logits[id] - max - MathF.Log(logits.Sum(l => MathF.Exp(l - max)));
    }
}
