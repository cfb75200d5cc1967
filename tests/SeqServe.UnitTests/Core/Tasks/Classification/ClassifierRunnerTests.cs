using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.Classification;

public class ClassifierRunnerTests
{
    [Fact]
    public void Run_RowsOfSeveralLengths_GivesEachItsOwnLogits()
    {
        using var backend = new FakeClassifierBackend { Answer = ids => [ids.Sum(), ids.Length] };
        ClassificationRow[] rows = [ClassificationRows.Of(1, 2, 3), ClassificationRows.Of(9), ClassificationRows.Of(4, 5)];

        new ClassifierRunner(backend, padId: 7).Run(rows);

        Assert.Equal([6, 3], rows[0].Logits.ToArray());
        Assert.Equal([9, 1], rows[1].Logits.ToArray());
        Assert.Equal([9, 2], rows[2].Logits.ToArray());
        Assert.Equal([[1, 2, 3], [9], [4, 5]], Assert.Single(backend.Batches));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Run_LogitThatIsNotFinite_Fails(float logit)
    {
        using var backend = new FakeClassifierBackend { Answer = _ => [0, logit] };

        Assert.Throws<BackendException>(() => new ClassifierRunner(backend, padId: 0).Run([ClassificationRows.Of(1)]));
    }

    [Fact]
    public async Task Batcher_OneRowWithoutFiniteLogits_FailsAloneAndItsNeighboursAreAnswered()
    {
        using var backend = new FakeClassifierBackend { Answer = ids => ids[0] == 13 ? [float.NaN, 0] : [ids[0], 1] };
        using var meters = new TestMeterFactory();
        using var scheduler = new RunScheduler(1);
        using var batcher = new DynamicBatcher<ClassificationRow>(
            new BatchLimits(),
            new ClassifierRunner(backend, padId: 0),
            new ModelRuns(scheduler),
            new ServingMetrics(meters).ForModel("fake", 1, "classification"),
            TimeProvider.System, NullLogger.Instance);
        ClassificationRow[] rows = [ClassificationRows.Of(1), ClassificationRows.Of(13), ClassificationRows.Of(3)];

        batcher.Enqueue(rows);

        await Patience.Wait(Task.WhenAll(rows[0].Completion, rows[2].Completion));
        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(rows[1].Completion));
        Assert.Equal(ServingErrorCode.InferenceFailed, failure.Code);
        Assert.Equal([1, 1], rows[0].Logits.ToArray());
        Assert.Equal([3, 1], rows[2].Logits.ToArray());
    }
}
