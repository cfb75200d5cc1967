using SeqServe.Api.Facades.Native;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;

namespace SeqServe.UnitTests.Api.Facades.Native;

public sealed class ModelObjectsTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _bench;

    public ModelObjectsTests()
    {
        _repository.AddFake("classifier");
        _repository.AddFakeTranslator("translator");
        _repository.AddFake("broken");
        File.Delete(_repository.Of("broken", "labels.txt"));
        _bench = new RegistryBench(_repository).Load();
    }

    [Fact]
    public void From_AClassifier_HasLabelsSessionsAndTheRuleOfItsRows()
    {
        var model = ModelObjects.From(_bench.Registry.Describe("classifier"));

        Assert.Equal(["negative", "positive"], model.Labels);
        Assert.Equal((1, 1), (model.Sessions!.Count, model.Sessions.ThreadsPerRun));
        Assert.Equal("independent", model.Batching!.Rows);
        Assert.StartsWith("Trials at load", model.Batching.RowsReason, StringComparison.Ordinal);
        Assert.Null(model.Plan);
    }

    [Fact]
    public void From_AClassifierWhoseGraphMixesRows_IsAloneAndSaysByWhat()
    {
        using var repository = new TemporaryRepository();
        repository.AddFake("quantized");
        using var bench = new RegistryBench(repository);
        using var graph = new FakeTensorBackend { MixesRows = "DynamicQuantizeLinear takes its scale over all rows" };
        bench.Backends.Make = _ => new FakeEncoderBackend { Graph = graph };

        var batching = ModelObjects.From(bench.Load().Registry.Describe("quantized")).Batching!;

        Assert.Equal(("alone", 1), (batching.Rows, batching.MaxBatchSize));
        Assert.Equal("Rows are run one by one: DynamicQuantizeLinear takes its scale over all rows.", batching.RowsReason);
    }

    [Fact]
    public void From_ATranslator_HasLanguagesAndTheLimitsOfItsManifest()
    {
        var model = ModelObjects.From(_bench.Registry.Describe("translator"));

        Assert.Equal(("en", "fr"), (model.Languages!.Source, model.Languages.Target));
        Assert.Equal((null, null, null), (model.Labels, model.Sessions, model.Batching!.Rows));
    }

    [Fact]
    public void From_AModelThatIsNotLoaded_HasWhatTheManifestSays()
    {
        var model = ModelObjects.From(_bench.Registry.Describe("broken"));

        Assert.Equal(("Unavailable", null, null), (Assert.Single(model.Versions).State, model.Device, model.Batching!.Rows));
        Assert.Equal(256, model.Limits!.MaxInputTokens);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _repository.Dispose();
    }
}
