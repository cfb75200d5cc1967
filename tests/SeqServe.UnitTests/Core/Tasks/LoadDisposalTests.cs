using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tasks;

/// <summary>A load that fails at one part disposes the parts that it has opened before.</summary>
public sealed class LoadDisposalTests : IDisposable
{
    private static readonly int s_vocabulary = ShippedTokenizer.With().VocabularySize;
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData(TranslationTask.TaskName)]
    [InlineData(LanguageModelingTask.TaskName)]
    public void Load_DecoderOfAnotherVocabulary_IsDisposed(string task) => IsDisposed(task, new FakeDecoder(3), "the graph computes 3 logits");

    [Theory]
    [InlineData(TranslationTask.TaskName)]
    [InlineData(LanguageModelingTask.TaskName)]
    public void Load_DecoderThatFailsInWarmUp_IsDisposed(string task) =>
        IsDisposed(task, new FakeDecoder(s_vocabulary) { OnRun = _ => throw new BackendException("broken") }, "The graph fails in warm-up");

    [Theory]
    [InlineData(TranslationTask.TaskName, 1)]
    [InlineData(LanguageModelingTask.TaskName, 2)]
    public void Load_DecoderWithoutRowsForItsSecondLoop_IsDisposedWithTheFirst(string task, int rowsOfALoop)
    {
        var decoder = new FakeDecoder(s_vocabulary) { ConcurrentRuns = 2, StateSize = 4 };
        decoder.OnNewRows = () =>
        {
            if (decoder.OpenRows == rowsOfALoop)
                throw new BackendException("no memory");
        };

        IsDisposed(task, decoder, "failed to load");
    }

    [Fact]
    public void Load_LanguageModelWhoseScorerFails_IsDisposedWithItsLoops() =>
        IsDisposed(
            LanguageModelingTask.TaskName,
            new FakeDecoder(s_vocabulary) { StateSize = 4, ScoreShift = (_, _) => throw new BackendException("broken") },
            "The graph fails in warm-up");

    [Fact]
    public void Load_TensorModelWithTooLargeAState_IsDisposed()
    {
        var spec = new TensorSpec("h", TensorDatatype.Fp32, [-1, 8]);
        var backend = new FakeTensorBackend { Signature = new TensorSignature([spec], [spec with { Name = "h_out" }, spec with { Name = "y" }]) };

        IsDisposed(backend, "The state of one row takes 32 bytes", json =>
        {
            json["state"] = new JsonArray(new JsonObject { ["in"] = "h", ["out"] = "h_out" });
            json["sequences"] = new JsonObject { ["max_bytes"] = 8 };
        });
    }

    [Fact]
    public void Load_TensorModelWithoutTheStateOfItsManifest_IsDisposed() =>
        IsDisposed(
            new FakeTensorBackend(), "h_in", json => json["state"] = new JsonArray(new JsonObject { ["in"] = "h_in", ["out"] = "h_out" }));

    private void IsDisposed(string task, FakeDecoder decoder, string reason)
    {
        if (task == TranslationTask.TaskName)
            _repository.AddFakeTranslator("a");
        else
            _repository.AddFakeLanguageModel("a");
        using var bench = new RegistryBench(_repository, threads: 2);
        bench.Backends.MakeDecoder = _ => decoder;

        bench.Load();

        AssertRefused(bench, reason);
        Assert.Equal((1, 0), (decoder.Disposals, decoder.OpenRows));
    }

    private void IsDisposed(FakeTensorBackend backend, string reason, Action<JsonObject> edit)
    {
        var json = new JsonObject { ["name"] = "a", ["task"] = "tensor" };
        edit(json);
        _repository.Write("a/model.json", json.ToJsonString());
        _repository.Write("a/1/model.onnx", "");
        using var bench = new RegistryBench(_repository);
        bench.Backends.MakeTensor = _ => backend;

        bench.Load();

        AssertRefused(bench, reason);
        Assert.Equal(1, backend.Disposals);
    }

    private static void AssertRefused(RegistryBench bench, string reason)
    {
        var status = bench.StatusOf("a");
        Assert.Equal(ModelState.Unavailable, status.State);
        Assert.Contains(reason, status.Reason, StringComparison.Ordinal);
    }
}
