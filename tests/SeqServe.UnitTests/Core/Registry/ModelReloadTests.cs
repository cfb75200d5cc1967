using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class ModelReloadTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Load_OfAnotherTaskWithABadVersion_KeepsNothingOfTheOldTask()
    {
        using var bench = LoadedClassifier();
        var vocabulary = VocabularySize(bench);
        BecomeTranslator();
        bench.Backends.MakeDecoder = file => IsOfVersion(file, 2) ? throw new BackendException("not under this task") : new FakeDecoder(vocabulary);

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));

        Assert.Contains("Version 2: not under this task.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a", 2).State);
        Assert.Contains("not under this task", bench.StatusOf("a", 2).Reason, StringComparison.Ordinal);
        using (var lease = bench.Registry.Acquire<ServedTranslator>(TranslationTask.TaskName, "a", null))
            Assert.Equal(1, lease.Model.Version);
        Assert.Equal(ServingErrorCode.ModelNotReady, Refusal(bench, 2).Code);
        Assert.Equal(ServingErrorCode.InvalidRequest, Assert.Throws<ServingException>(() => bench.Acquire("a", 2)).Code);
        await bench.RetiredAsync();
        Assert.Equal((1, 1), (bench.Backends.Of("a", 1).Disposals, bench.Backends.Of("a", 2).Disposals));
    }

    [Fact]
    public async Task Load_OfAnotherTaskThatFailsAsAWhole_LeavesTheOldInService()
    {
        using var bench = LoadedClassifier();
        BecomeTranslator();
        bench.Backends.MakeDecoder = static _ => throw new BackendException("not under this task");

        await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));

        Assert.Equal(ClassificationTask.TaskName, bench.Registry.Describe("a").Manifest!.Task);
        Assert.All([1, 2], version => Assert.Equal(ModelState.Ready, bench.StatusOf("a", version).State));
        Assert.All([1, 2], version => Assert.Contains("not under this task", bench.StatusOf("a", version).Reason, StringComparison.Ordinal));
        bench.Acquire("a").Dispose();
        Assert.Equal(ServingErrorCode.InvalidRequest, Refusal(bench, null).Code);
    }

    [Fact]
    public async Task Load_OfTheSameTaskWithABadVersion_KeepsThatVersionWithItsOwnManifest()
    {
        using var bench = LoadedClassifier();
        _repository.EditManifest("a", json => json["description"] = "new");
        _repository.Write("a/2/labels.txt", "one\n");

        await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));

        using var kept = bench.Acquire("a");
        using var loaded = bench.Acquire("a", 1);
        Assert.Equal((2, ""), (kept.Model.Version, kept.Model.Manifest.Description));
        Assert.Equal((1, "new"), (loaded.Model.Version, loaded.Model.Manifest.Description));
        Assert.Same(kept.Model.Manifest, bench.Registry.Describe("a").Manifest);
        Assert.Contains("1 labels", bench.StatusOf("a", 2).Reason, StringComparison.Ordinal);
        Assert.Equal("", bench.StatusOf("a", 1).Reason);
    }

    [Fact]
    public async Task Load_AfterOneThatFailed_ClearsTheReason()
    {
        using var bench = LoadedClassifier();
        _repository.Write("a/labels.txt", "one\n");
        await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));
        Assert.NotEqual("", bench.StatusOf("a", 1).Reason);
        _repository.Write("a/labels.txt", "negative\npositive\n");

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));

        Assert.Equal(("", ""), (bench.StatusOf("a", 1).Reason, bench.StatusOf("a", 2).Reason));
    }

    [Fact]
    public async Task Load_OfAVersionThatFailsWhileTheStartPublishesIt_KeepsWhatTheStartPublished()
    {
        _repository.AddFake("a", json => json["version_policy"] = "all", 1, 2);
        using var bench = new RegistryBench(_repository);
        bench.Registry.Scan();
        var start = bench.Registry.Published.Catalog.Find("a")!.Versions;
        Assert.Null(bench.Registry.Loading.Load(start[0]));
        var opened = 0;
        bench.Backends.Make = file =>
        {
            if (!IsOfVersion(file, 2) || ++opened == 2)
                return new FakeEncoderBackend();
            // Between the beginning and the end of the reload the start comes to this version.
            Assert.Null(bench.Registry.Loading.Load(start[1]));
            throw new BackendException("not this time");
        };

        await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));

        using var lease = bench.Acquire("a", 2);
        Assert.Contains("not this time", bench.StatusOf("a", 2).Reason, StringComparison.Ordinal);
        Assert.True(bench.Registry.Describe("a").IsExpected);
        await bench.RetiredAsync();
        Assert.Equal(0, bench.Backends.Of("a", 2).Disposals);
    }

    [Fact]
    public void TryBegin_OfAModelThatServes_LeavesItInService()
    {
        using var bench = LoadedClassifier();
        var found = _repository.Open().Find("a")!;

        Assert.Null(bench.Registry.Published.TryBegin(found));

        bench.Acquire("a").Dispose();
    }

    private static bool IsOfVersion(string file, int version) => Path.GetFileName(Path.GetDirectoryName(file)) == $"{version}";

    private static int VocabularySize(RegistryBench bench)
    {
        using var lease = bench.Acquire("a");
        return lease.Model.Tokenizer.VocabularySize;
    }

    private static ServingException Refusal(RegistryBench bench, int? version) =>
        Assert.Throws<ServingException>(() => bench.Registry.Acquire<ServedTranslator>(TranslationTask.TaskName, "a", version));

    private RegistryBench LoadedClassifier()
    {
        _repository.AddFake("a", json => json["version_policy"] = "all", 1, 2);
        return new RegistryBench(_repository).Load();
    }

    private void BecomeTranslator() => _repository.EditManifest("a", json => TemporaryRepositoryTranslators.MakeTranslator(json));
}
