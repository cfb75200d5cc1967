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

    [Fact]
    public void AnyServed_OfATask_AsksItsLoadedModelsUntilOneMeetsTheCondition()
    {
        _repository.AddFake("b");
        _repository.AddFake("broken", json => json.Remove("labels"));
        _repository.Write("tensors/model.json", """{ "name": "tensors", "task": "tensor" }""");
        _repository.Write("tensors/1/model.onnx", "");
        using var bench = new RegistryBench(_repository).Load();
        List<string> AskedFor(string task, string wanted)
        {
            List<string> asked = [];
            var any = bench.Registry.AnyServed(task, wanted, (model, name) =>
            {
                asked.Add(model.Manifest.Name);
                return model.Manifest.Name == name;
            });
            return [.. asked, $"{any}"];
        }

        Assert.Equal(["a", "True"], AskedFor(ClassificationTask.TaskName, "a"));
        Assert.Equal(["a", "b", "True"], AskedFor(ClassificationTask.TaskName, "b"));
        Assert.Equal(["a", "b", "False"], AskedFor(ClassificationTask.TaskName, "tensors"));
        Assert.Equal(["tensors", "True"], AskedFor(TensorTask.TaskName, "tensors"));
        Assert.Equal(["False"], AskedFor(TranslationTask.TaskName, "a"));
    }

    [Theory]
    [InlineData(ClassificationTask.TaskName, "a", null, true)]
    [InlineData(ClassificationTask.TaskName, "a", 1, true)]
    [InlineData(ClassificationTask.TaskName, "a", 2, false)]
    [InlineData(ClassificationTask.TaskName, "nobody", null, false)]
    [InlineData(ClassificationTask.TaskName, null, null, false)]
    [InlineData(TranslationTask.TaskName, "a", null, false)]
    public void Peek_OfWhatALeaseWouldBeOf_IsItAndElseNothing(string task, string? name, int? version, bool isThere)
    {
        Assert.Equal(isThere, _bench.Registry.Peek(task, name, version) is not null);

        _bench.Registry.Drain();
        Assert.Null(_bench.Registry.Peek(task, name, version));
    }

    [Fact]
    public void Peek_WithoutAName_IsTheDefault()
    {
        _repository.AddFake("b", json => json["default"] = true);
        using var bench = new RegistryBench(_repository).Load();

        Assert.Equal("b", bench.Registry.Peek(ClassificationTask.TaskName, null, null)?.Manifest.Name);
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
