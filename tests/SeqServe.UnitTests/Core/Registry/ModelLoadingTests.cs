using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Onnx;

namespace SeqServe.UnitTests.Core.Registry;

/// <summary>Real graphs that go wrong on the way, each beside a model that serves all the same.</summary>
public sealed class ModelLoadingTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public ModelLoadingTests() => _repository.AddShipped("good");

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Load_ShippedModel_IsReady()
    {
        using var bench = new RegistryBench(_repository, backends: OnnxBackends.Factory()).Load();

        Assert.Equal(ModelState.Ready, bench.StatusOf("good").State);
        using var lease = bench.Acquire("good");
        Assert.Equal(["negative", "positive"], lease.Model.Labels);
        Assert.Equal("cpu", lease.Model.Device);
    }

    [Fact]
    public void Load_CorruptGraph_SaysSo()
    {
        _repository.AddShipped("bad", json => json.Remove("files"));
        _repository.Write("bad/1/model.onnx", "This is no graph.");

        Assert.StartsWith("model.onnx cannot be opened", ReasonOfBad(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WrongChecksums_NamesEveryFile()
    {
        _repository.AddShipped("bad");
        _repository.Write("bad/labels.txt", "negative\npositive!\n");
        File.Delete(_repository.Of("bad", "1", "model.onnx"));

        var reason = ReasonOfBad();

        Assert.Contains("labels.txt differs from its sha256", reason, StringComparison.Ordinal);
        Assert.Contains("1/model.onnx is missing", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("tokenizer.model", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("negative\nneutral\npositive\n", "holds 3 labels, the graph computes 2 classes")]
    [InlineData("negative\n\npositive\n", "without empty lines")]
    [InlineData("same\nsame\n", "holds a label twice")]
    [InlineData("", "one label a line")]
    public void Load_LabelsThatDoNotFit_SaysWhy(string labels, string reason)
    {
        _repository.AddShipped("bad", json => json.Remove("files"));
        _repository.Write("bad/labels.txt", labels);

        Assert.Contains(reason, ReasonOfBad(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels", "labels.txt", "labels names")]
    [InlineData("tokenizer", "tokenizer.model", "tokenizer.file names")]
    [InlineData("graph", "1/model.onnx", "graphs.model names")]
    public void Load_MissingFile_NamesItsKey(string what, string file, string reason)
    {
        _repository.AddShipped("bad", json => json.Remove("files"));
        File.Delete(_repository.Of("bad", file));

        Assert.True(ReasonOfBad().StartsWith(reason, StringComparison.Ordinal), what);
    }

    [Fact]
    public void Load_MissingVersionFolder_NamesTheVersion()
    {
        _repository.AddShipped("bad", json => json["version_policy"] = JsonNode.Parse("""{ "specific": [7] }"""));

        Assert.Contains("version 7, which has no folder", ReasonOfBad(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BrokenTokenizer_SaysWhy()
    {
        _repository.AddShipped("bad", json => json.Remove("files"));
        _repository.Write("bad/tokenizer.model", "no protobuf");

        Assert.StartsWith("tokenizer.model cannot be used as a tokenizer.", ReasonOfBad(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TokenizerWithMoreIdsThanTheGraph_FailsInWarmUpAndNotInABatchOfRequests()
    {
        _repository.AddShipped("bad", json => json.Remove("files"));
        // Four more pieces than the graph's embedding has rows.
        var more = string.Concat(Enumerable.Range(0, 4).Select(i => $"\n\u0005\n\u0003zz{i}"));
        var file = _repository.Of("bad", "tokenizer.model");
        File.WriteAllBytes(file, [.. Encoding.ASCII.GetBytes(more), .. File.ReadAllBytes(file)]);

        Assert.StartsWith("The graph fails in warm-up. Check that its embedding holds the tokenizer's", ReasonOfBad(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pad_id", 100_000, "tokenizer.pad_id = 100000 is outside of the vocabulary")]
    [InlineData("eos_id", 100_000, "cannot be used as a tokenizer. A begin or end id is outside of the vocabulary")]
    public void Load_SpecialIdOutsideOfTheVocabulary_SaysWhich(string key, int id, string reason)
    {
        _repository.AddShipped("bad", json =>
        {
            json["tokenizer"]![key] = id;
            json["tokenizer"]!["add_eos"] = true;
        });

        Assert.Contains(reason, ReasonOfBad(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LimitWithoutRoomForText_SaysSo()
    {
        _repository.AddShipped("bad", json =>
        {
            json["tokenizer"]!["add_bos"] = true;
            json["tokenizer"]!["add_eos"] = true;
            json["limits"]!["max_input_tokens"] = 2;
        });

        Assert.Contains("leaves no room for text", ReasonOfBad(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GraphThatCannotBeReadForThePlan_DisposesWhatWasOpened()
    {
        using var repository = new TemporaryRepository();
        repository.AddFake("a");
        using var meters = new TestMeterFactory();
        using var scheduler = new RunScheduler(1);
        using var metrics = new ServingMetrics(meters);
        FakeEncoderBackend? opened = null;
        var backends = new FakeBackendFactory
        {
            Make = path =>
            {
                File.Delete(path);
                return opened = new FakeEncoderBackend();
            },
        };
        var loader = ShippedTasks.Loader(backends, scheduler, metrics, TimeProvider.System, new PlanOptions { Measure = true }, NullLoggerFactory.Instance);

        Assert.Throws<ModelLoadException>(() => loader.Load(repository.Open().Scan().Single(), 1));

        Assert.Equal(1, opened!.Disposals);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Load_FirstRunsThatFail_GiveTheSameKindOfReason(int failing)
    {
        using var repository = new TemporaryRepository();
        repository.AddFake("a");
        using var bench = new RegistryBench(repository);
        var runs = 0;
        // Two runs warm up, those behind them probe.
        bench.Backends.Make = _ => new FakeEncoderBackend { OnRun = () => Fail(++runs == failing) };

        bench.Load();

        Assert.StartsWith("The graph fails in warm-up.", bench.StatusOf("a").Reason, StringComparison.Ordinal);
        Assert.Equal(1, bench.Backends.Of("a").Disposals);
    }

    private static void Fail(bool fails)
    {
        if (fails)
            throw new BackendException("no memory");
    }

    private string ReasonOfBad()
    {
        using var bench = new RegistryBench(_repository, backends: OnnxBackends.Factory()).Load();

        Assert.Equal(ModelState.Ready, bench.StatusOf("good").State);
        var status = bench.StatusOf("bad");
        Assert.Equal(ModelState.Unavailable, status.State);
        Assert.DoesNotContain(_repository.Root, status.Reason, StringComparison.Ordinal);
        return status.Reason;
    }
}
