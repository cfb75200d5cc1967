using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class ModelLookupTests : IDisposable
{
    private const string Task = "fake-task";

    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _bench;

    public ModelLookupTests()
    {
        _repository.AddFake("a");
        _bench = new RegistryBench(_repository).Load();
    }

    public void Dispose()
    {
        _bench.Dispose();
        _repository.Dispose();
    }

    [Fact]
    public void Acquire_OfATaskTheRegistryDoesNotKnow_GivesItsModel()
    {
        var model = Publish();

        using var lease = _bench.Registry.Acquire<FakeModel>(Task, "a", null);

        Assert.Same(model, lease.Model);
        Assert.Same(model, _bench.Registry.Peek(Task, "a", 1));
        Assert.Equal(ServingErrorCode.InvalidRequest, Assert.Throws<ServingException>(() => _bench.Acquire("a")).Code);
    }

    [Fact]
    public void Acquire_OfTheTaskButAnotherKindOfModel_IsRefused()
    {
        var refusal = Assert.Throws<ServingException>(() => _bench.Registry.Acquire<ServedTranslator>(ClassificationTask.TaskName, "a", null));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal(["model"], refusal.FieldErrors!.Keys);
        Assert.Contains("loaded as ServedClassifier; this route needs one loaded as ServedTranslator", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Acquire_OfAModelOfAnotherTask_SaysWhichTaskItHasAndWhichIsNeeded()
    {
        var refusal = Assert.Throws<ServingException>(() => _bench.Registry.Acquire<ServedTranslator>(TranslationTask.TaskName, "a", null));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("is a model of task \"classification\", this route needs one of task \"translation\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Acquire_OfAModelThatEndedAndIsStillPublished_IsNotReady()
    {
        Publish().Release();

        var refusal = Assert.Throws<ServingException>(() => _bench.Registry.Acquire<FakeModel>(Task, "a", null));

        Assert.Equal(ServingErrorCode.ModelNotReady, refusal.Code);
        Assert.Equal(1, refusal.RetryAfter!.Value.TotalSeconds);
    }

    private FakeModel Publish()
    {
        var found = _repository.Open().Find("a")!;
        var manifest = found.Manifest! with { Task = Task };
        var model = new FakeModel(
            new ModelLoad(found with { Manifest = manifest }, 1, ShippedTasks.Catalog[TensorTask.TaskName], _bench.Services, new DisposalStack()));
        var version = ModelVersion.Found(1, found with { Manifest = manifest }, _bench.Time.GetUtcNow()).Ready(model, _bench.Time.GetUtcNow());
        Assert.True(_bench.Registry.Published.TryPublish("a", _ => new ModelEntry("a", [version], isExpected: true)));
        return model;
    }

    private sealed class FakeModel(ModelLoad load) : ServedModel(load, "cpu");
}
