using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>A continuous batcher over a model without a graph.</summary>
internal sealed class ContinuousBench : IDisposable
{
    public const int BeginId = 15;

    public ContinuousBench(
        BatchLimits? limits = null, int loops = 1, bool languageModel = false, FakeDecoder? model = null, Func<FakeDecoder, Prefill>? newPrefill = null,
        ILogger? logger = null, CacheUse? caches = null)
    {
        limits ??= new BatchLimits { MaxBatchSize = 4 };
        Model = model ?? new FakeDecoder();
        Scheduler = new RunScheduler(loops, Time);
        Runs = new ModelRuns(Scheduler);
        Metrics = new ServingMetrics(Meters).ForModel("test", 1, "translation");
        Prefill[] prefills = [.. Enumerable.Range(0, loops).Select(_ => newPrefill?.Invoke(Model) ?? NewPrefill(languageModel))];
        Batcher = new ContinuousBatcher(limits, prefills, caches ?? CacheUse.None, 1, Runs, Metrics, Time, logger ?? NullLogger.Instance);
    }

    public TestMeterFactory Meters { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public RunScheduler Scheduler { get; }

    public ModelRuns Runs { get; }

    public FakeDecoder Model { get; }

    public ModelMetrics Metrics { get; }

    public ContinuousBatcher Batcher { get; }

    public static async Task<ServingErrorCode> FailureOf(ActiveSequence sequence) =>
        (await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(sequence.Completion))).Code;

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
        Scheduler.Dispose();
        Meters.Dispose();
    }

    private Prefill NewPrefill(bool languageModel) => languageModel
        ? PromptPrefill.Open(Model, 0)
        : new EncoderPrefill(Model.NewRows(), BeginId, 0);
}
