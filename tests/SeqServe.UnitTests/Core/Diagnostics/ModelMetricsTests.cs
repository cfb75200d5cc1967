using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using SeqServe.Core.Diagnostics;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Core.Tasks.Classification;

namespace SeqServe.UnitTests.Core.Diagnostics;

public class ModelMetricsTests
{
    [Fact]
    public void State_OfEachVersion_IsOneForTheStateItIsIn()
    {
        using var repository = new TemporaryRepository();
        repository.AddFake("good");
        repository.AddFake("bad", json => json["labels"] = null);
        using var bench = new RegistryBench(repository).Load();
        using var states = new MetricCollector<int>(bench.Meters, ServingMetrics.MeterName, "seqserve.model.state");

        states.RecordObservableInstruments();

        var current = states.GetMeasurementSnapshot()
            .Where(m => m.Value == 1)
            .Select(m => ($"{m.Tags["model"]}", $"{m.Tags["version"]}", $"{m.Tags["state"]}"));
        Assert.Equal([("bad", "1", "Unavailable"), ("good", "1", "Ready")], current.Order());
        Assert.Equal(8, states.GetMeasurementSnapshot().Count);
    }

    [Fact]
    public async Task Runs_OfARequest_CountItsPadding()
    {
        using var bench = new ClassifierBench();
        using var useful = new MetricCollector<long>(bench.Registry.Meters, ServingMetrics.MeterName, "seqserve.tokens.useful");
        using var computed = new MetricCollector<long>(bench.Registry.Meters, ServingMetrics.MeterName, "seqserve.tokens.computed");
        var longer = bench.Ids("a fine film it is to see").Length;
        var shorter = bench.Ids("a fine film it is to").Length;

        await bench.Classify("a fine film it is to see", "a fine film it is to");

        Assert.Equal(longer + shorter, useful.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.Equal(2 * longer, computed.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.NotEqual(longer, shorter);
    }

    [Fact]
    public async Task Request_WhileItWaits_IsInFlight()
    {
        using var bench = new ClassifierBench();
        bench.Backend.Close();

        var request = bench.Classify("a film");
        bench.Backend.AwaitStart();

        Assert.Equal(1, bench.Observed.Model!.InFlight);
        bench.Backend.Open();
        await request;
        Assert.Equal(0, bench.Observed.Model.InFlight);
    }
}
