using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

/// <summary>The names that a manifest gives to tensors reach the graphs of every task.</summary>
public sealed class TensorNamesLoadingTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();
    private GraphSet? _opened;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Load_Classifier_OpensItsGraphUnderTheNamesOfTheManifest()
    {
        _repository.AddFake("m", json =>
        {
            json["inputs"] = new JsonObject { ["ids"] = "input_ids" };
            json["outputs"] = new JsonObject { ["logits"] = "scores" };
        });

        Load<IEncoderBackend>();

        Assert.Equal(["input_ids", "lengths", "mask", "types", "positions"], Inputs("model"));
        Assert.Equal("scores", _opened!.Contract.Role("model").Output(ClassifierContract.Logits).Name);
    }

    [Fact]
    public void Load_Translator_OpensEachGraphUnderItsNames()
    {
        _repository.AddFakeTranslator(
            "m", edit: json => json["inputs"] = new JsonObject { ["encoder.src"] = "input_ids", ["decoder.tokens"] = "decoder_input_ids" });

        Load<ITranslatorBackend>();

        Assert.Equal(["input_ids", "src_len", "src_mask"], Inputs("encoder"));
        Assert.Equal(["decoder_input_ids", "past_len", "src_len", "src_mask", "hidden", "use_past"], Inputs("decoder"));
    }

    [Fact]
    public void Load_LanguageModel_OpensEachGraphUnderItsNames()
    {
        _repository.AddFakeLanguageModel("m", json => json["inputs"] = new JsonObject { ["tokens"] = "input_ids", ["score.lengths"] = "n" });

        Load<ILanguageModelBackend>();

        Assert.Equal(["input_ids", "lengths", "past_len", "mask", "positions", "use_past"], Inputs("model"));
        Assert.Equal(["input_ids", "n"], Inputs("score"));
    }

    // What was opened is all that matters here: the load ends with a reason.
    private void Load<TBackend>()
        where TBackend : class, IDisposable
    {
        var backends = new FakeBackendFactory().Register<TBackend>(graphs =>
        {
            _opened = graphs;
            throw new BackendException("seen");
        });
        using var bench = new RegistryBench(_repository, backends: backends).Load();
        Assert.Equal("seen", bench.StatusOf("m").Reason);
    }

    private IEnumerable<string> Inputs(string role) => _opened!.Contract.Role(role).Inputs.Select(part => part.Name);
}
