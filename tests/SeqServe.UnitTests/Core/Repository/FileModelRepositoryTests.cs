using SeqServe.Core.Tasks.Tensors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository;

public sealed class FileModelRepositoryTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Scan_GoodModel_FindsManifestAndVersionsInNumericOrder()
    {
        _repository.AddFake("film", json => json["version_policy"] = "all", 10, 9, 2);
        _repository.Write("film/notes/readme.txt", "no version");
        _repository.Write("film/03/model.onnx", "no version either");
        _repository.Write("film/0/model.onnx", "nor this");

        var model = Assert.Single(_repository.Open().Scan());

        Assert.Null(model.Fault);
        Assert.Equal("film", model.Manifest!.Name);
        Assert.Equal([2, 9, 10], model.Versions);
    }

    [Fact]
    public void Scan_BadManifestBesideAGoodOne_ReportsBoth()
    {
        _repository.AddFake("good");
        _repository.AddFake("bad", json => json["labels"] = null);
        _repository.Write("worse/model.json", "{");
        _repository.Write("worst/model.json", """{ "name": "\ud800" }""");

        var models = _repository.Open().Scan();

        Assert.Equal(["bad", "good", "worse", "worst"], models.Select(m => m.Name));
        Assert.Equal([true, false, true, true], models.Select(m => m.Fault is not null));
        Assert.Contains("bad/model.json: labels: is missing", models[0].Fault, StringComparison.Ordinal);
        Assert.All(models, m => Assert.DoesNotContain(_repository.Root, m.Fault ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public void Scan_FolderThatIsNoModel_IsPassedOver()
    {
        _repository.Write("training/recipe.py", "");
        _repository.Write("README.md", "");

        Assert.Empty(_repository.Open().Scan());
    }

    [Fact]
    public void Scan_GraphWithoutManifest_IsAModelOfTaskTensor()
    {
        _repository.Write("bare/1/model.onnx", "");
        _repository.Write("bare/3/model.onnx", "");

        var model = Assert.Single(_repository.Open().Scan());

        Assert.Null(model.Fault);
        Assert.Equal(("bare", TensorTask.TaskName, "model.onnx"), (model.Manifest!.Name, model.Manifest.Task, model.Manifest.Graphs["model"]));
        Assert.Equal([3], model.Manifest.VersionPolicy.Select(model.Versions));
    }

    [Fact]
    public void Scan_GraphWithoutManifestInAFolderThatCannotBeAModels_SaysWhichNamesCan()
    {
        _repository.Write("my model/1/model.onnx", "");

        Assert.Contains("hold only letters", Assert.Single(_repository.Open().Scan()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_NoVersionFolder_SaysWhatToAdd()
    {
        _repository.AddFake("film");
        Directory.Delete(_repository.Of("film", "1"), recursive: true);

        Assert.Contains("add film/1", Assert.Single(_repository.Open().Scan()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_AbsentFolder_Throws() =>
        Assert.Throws<DirectoryNotFoundException>(() => ShippedTasks.Open(_repository.Of("absent")).Scan());

    [Fact]
    public void Resolve_FileOfAVersion_ComesBeforeTheModels()
    {
        _repository.AddFake("film", null, 1, 2);
        _repository.Write("film/2/labels.txt", "");
        var model = Assert.Single(_repository.Open().Scan());

        Assert.Equal(_repository.Of("film", "labels.txt"), model.Resolve(1, "labels.txt"));
        Assert.Equal(_repository.Of("film", "2", "labels.txt"), model.Resolve(2, "labels.txt"));
    }

    [Fact]
    public void Scan_ShippedModels_HaveNoFault() =>
        Assert.All(ShippedTasks.Open(RepositoryRoot.Models).Scan(), model => Assert.Null(model.Fault));
}
