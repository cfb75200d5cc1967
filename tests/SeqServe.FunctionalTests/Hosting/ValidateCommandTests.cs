using SeqServe.Api.Hosting;
using SeqServe.FunctionalTests.HuggingFace;
using SeqServe.FunctionalTests.Registry;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Hosting;

public sealed class ValidateCommandTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Validate_ShippedModel_IsOk()
    {
        var (code, output) = Run(Shipped.FolderOf(Shipped.Default));

        var lines = output.Split('\n');
        Assert.Equal((0, $"{Shipped.Default}: ok", "1 of 1 models can be served."), (code, lines[0], lines[^2]));
        Assert.All(lines[1..^2], line => Assert.StartsWith("  found in version 1: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_SeveralFaults_AreAllTold()
    {
        _repository.With("whole").With("bad");
        _repository.Model("bad").Write("labels.txt", "one\ntwo\nthree\n"u8).Write("tokenizer.model", "no protobuf"u8).Write("1/model.onnx", []);

        var (code, output) = Run(_repository.Path);

        Assert.Equal(1, code);
        Assert.Contains("whole: ok", output, StringComparison.Ordinal);
        Assert.Contains("bad: cannot be served", output, StringComparison.Ordinal);
        string[] faults =
        [
            "labels.txt differs from its sha256", "tokenizer.model cannot be used as a tokenizer",
            "1/model.onnx differs from its sha256 in the manifest: it is empty",
        ];
        Assert.All(faults, fault => Assert.Contains(fault, output, StringComparison.Ordinal));
        Assert.Contains("1 of 2 models can be served", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FaultsOfTheManifest_AreAllTold()
    {
        _repository.With("bad", json =>
        {
            json["task"] = "poetry";
            json["colour"] = "red";
        });

        var (code, output) = Run(System.IO.Path.Combine(_repository.Path, "bad"));

        Assert.Equal(1, code);
        Assert.Contains("task = \"poetry\"", output, StringComparison.Ordinal);
        Assert.Contains("colour", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_GoldenCaseThatFails_IsTold()
    {
        _repository.With("bad").Model("bad").Write("1/golden.json", """{ "cases": [{ "text": "A dull, lifeless mess.", "label": "positive" }] }"""u8);

        var (code, output) = Run(System.IO.Path.Combine(_repository.Path, "bad") + "/");

        Assert.Equal(1, code);
        Assert.Contains("1 of 1 golden cases are answered differently", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ModelWithoutChecksums_IsOkWithARemark()
    {
        _repository.With("plain", json => json.Remove("files"));

        var (code, output) = Run(_repository.Path);

        Assert.Equal(0, code);
        Assert.Contains("remark: model.json lists no checksums", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_AFolderFromHuggingFace_IsOkWithoutAManifest()
    {
        var (code, output) = Run(System.IO.Path.Combine(HuggingFaceServer.Models, "bert-slots"));

        Assert.Equal(0, code);
        string[] found =
        [
            "bert-slots: ok", "task tagging, bert, on cpu",
            "graph model (model.onnx): ids = input_ids, mask = attention_mask, types = token_type_ids; gives logits",
            "tokenizer huggingface, tokenizer.json", "72 labels: ",
        ];
        Assert.All(found, fact => Assert.Contains(fact, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_ALanguageModelFromHuggingFace_SaysHowItGenerates()
    {
        var (code, output) = Run(System.IO.Path.Combine(HuggingFaceServer.Models, "gpt2-stories"));

        Assert.Equal(0, code);
        string[] found =
        [
            "tokens = input_ids, mask = attention_mask, positions = position_ids; gives logits", "tokenizer huggingface, tokenizer.json; ends with 0",
            "at most 127 tokens of a text, 127 of an answer, 128 together", "scores texts", "rows independent", "\"This is a first text.\" gives token \"",
        ];
        Assert.All(found, fact => Assert.Contains(fact, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_EveryBadModel_TellsItsReason()
    {
        foreach (var (name, (spoil, _)) in BadModels.All)
        {
            _repository.With(name, json => json.Remove("files"));
            spoil(_repository.Model(name));
        }

        var (code, output) = Run(_repository.Path);

        Assert.Equal(1, code);
        Assert.StartsWith("0 of ", output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.All(BadModels.All.Values.SelectMany(bad => bad.Reason), part => Assert.Contains(part, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("absent", "There is no folder")]
    [InlineData("", "holds no model")]
    public void Validate_FolderWithoutModels_SaysSo(string folder, string part)
    {
        var (code, output) = Run(System.IO.Path.Combine(_repository.Path, folder));

        Assert.Equal(1, code);
        Assert.Contains(part, output, StringComparison.Ordinal);
    }

    private static (int Code, string Output) Run(string folder)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (ValidateCommand.Run([ValidateCommand.Command, folder], output), output.ToString());
    }
}
