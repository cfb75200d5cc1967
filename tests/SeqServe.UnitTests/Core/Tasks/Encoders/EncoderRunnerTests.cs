using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.Encoders;

public class EncoderRunnerTests
{
    [Fact]
    public void Run_RowsOfSeveralLengths_GivesEachItsOwnLogits()
    {
        using var backend = new FakeEncoderBackend { Answer = ids => [ids.Sum(), ids.Length] };
        EncoderRow[] rows = [EncoderRows.Of(1, 2, 3), EncoderRows.Of(9), EncoderRows.Of(4, 5)];

        new EncoderRunner(backend, padId: 7, RowOutputs.All).Run(rows);

        Assert.Equal([6, 3], rows[0].Output.ToArray());
        Assert.Equal([9, 1], rows[1].Output.ToArray());
        Assert.Equal([9, 2], rows[2].Output.ToArray());
        Assert.Equal([[1, 2, 3], [9], [4, 5]], Assert.Single(backend.Batches));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Run_LogitThatIsNotFinite_Fails(float logit)
    {
        using var backend = new FakeEncoderBackend { Answer = _ => [0, logit] };

        Assert.Throws<BackendException>(() => new EncoderRunner(backend, padId: 0, RowOutputs.All).Run([EncoderRows.Of(1)]));
    }

    [Fact]
    public async Task Batcher_OneRowWithoutFiniteLogits_FailsAloneAndItsNeighboursAreAnswered()
    {
        using var backend = new FakeEncoderBackend { Answer = ids => ids[0] == 13 ? [float.NaN, 0] : [ids[0], 1] };
        using var meters = new TestMeterFactory();
        using var scheduler = new RunScheduler(1);
        using var batcher = new DynamicBatcher<EncoderRow>(
            new BatchLimits(),
            new EncoderRunner(backend, padId: 0, RowOutputs.All),
            new ModelRuns(scheduler),
            new ServingMetrics(meters).ForModel("fake", 1, "classification"),
            TimeProvider.System, NullLogger.Instance);
        EncoderRow[] rows = [EncoderRows.Of(1), EncoderRows.Of(13), EncoderRows.Of(3)];

        batcher.Enqueue(rows);

        await Patience.Wait(Task.WhenAll(rows[0].Completion, rows[2].Completion));
        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(rows[1].Completion));
        Assert.Equal(ServingErrorCode.InferenceFailed, failure.Code);
        Assert.Equal([1, 1], rows[0].Output.ToArray());
        Assert.Equal([3, 1], rows[2].Output.ToArray());
    }
}
