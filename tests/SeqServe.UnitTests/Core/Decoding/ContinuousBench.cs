using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>A continuous batcher over a model without a graph.</summary>
internal sealed class ContinuousBench : IDisposable
{
    public const int BeginId = 15;

    private readonly TestMeterFactory _meters = new();
    private readonly RunScheduler _scheduler;

    public ContinuousBench(BatchLimits? limits = null, int lanes = 1, bool languageModel = false, FakeDecoder? model = null)
    {
        limits ??= new BatchLimits { MaxBatchSize = 4 };
        Model = model ?? new FakeDecoder();
        _scheduler = new RunScheduler(lanes);
        Metrics = new ServingMetrics(_meters).ForModel("test", 1, "translation");
        Lanes = [.. Enumerable.Range(0, lanes).Select(_ => NewLane(limits, languageModel))];
        Batcher = new ContinuousBatcher(limits, Lanes, 1, _scheduler, Metrics, Time, NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeDecoder Model { get; }

    public ModelMetrics Metrics { get; }

    public IReadOnlyList<DecodeLane> Lanes { get; }

    public ContinuousBatcher Batcher { get; }

    public TSequence Enqueue<TSequence>(TSequence sequence)
        where TSequence : ActiveSequence
    {
        Batcher.Enqueue([sequence]);
        return sequence;
    }

    /// <summary>The answer of a sequence that is the only one.</summary>
    public static async Task<IReadOnlyList<int>> Solo(int[] input, int limit, bool languageModel = false)
    {
        using var bench = new ContinuousBench(languageModel: languageModel);
        var sequence = bench.Enqueue(new GreedyTestSequence(input, limit));
        await Patience.Wait(sequence.Completion);
        return sequence.Answer;
    }

    public void Dispose()
    {
        Model.Open();
        Batcher.Dispose();
        _scheduler.Dispose();
        _meters.Dispose();
    }

    private DecodeLane NewLane(BatchLimits limits, bool languageModel)
    {
        var rows = Model.NewRows();
        Prefill prefill = languageModel ? new PromptPrefill(Model.NewRows(), rows, 0) : new EncoderPrefill(rows, BeginId, 0);
        return new DecodeLane(rows, prefill, limits.MaxBatchTokens, Metrics, Time, NullLogger.Instance);
    }
}
