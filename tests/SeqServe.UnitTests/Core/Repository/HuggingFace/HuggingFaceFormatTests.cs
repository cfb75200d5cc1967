using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Embedding;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.Core.Tasks.Tagging;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository.HuggingFace;

/// <summary>What a folder of Hugging Face's libraries is taken for.</summary>
public sealed class HuggingFaceFormatTests : IDisposable
{
    private const string Classifier = """
        {
          "architectures": ["BertForSequenceClassification"], "model_type": "bert", "pad_token_id": 0, "max_position_embeddings": 512,
          "id2label": { "1": "good", "0": "bad" }
        }
        """;

    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Find_AClassifier_HasAllThatAManifestWouldSay()
    {
        Write("a/config.json", Classifier);
        Write("a/tokenizer_config.json", """{ "model_max_length": 128 }""");
        Write("a/model.onnx");

        var manifest = Manifest("a");

        Assert.Equal(("classification", "bert", 128), (manifest.Task, manifest.Architecture, manifest.Limits.MaxInputTokens));
        Assert.Equal("model.onnx", manifest.Graphs[GraphContract.ModelRole]);
        Assert.Equal(("huggingface", "tokenizer.json", 0), (manifest.Tokenizer!.Type, manifest.Tokenizer.File, manifest.Tokenizer.PadId));
        var section = (ClassificationSection)manifest.Section;
        Assert.Equal(["bad", "good"], section.Labels.Listed!);
        Assert.Equal(Activation.Softmax, section.Activation);
    }

    [Theory]
    [InlineData("\"problem_type\": \"multi_label_classification\"", Activation.Sigmoid)]
    [InlineData("\"problem_type\": \"single_label_classification\"", Activation.Softmax)]
    [InlineData("\"problem_type\": \"regression\"", Activation.None)]
    [InlineData("\"problem_type\": null", Activation.Softmax)]
    [InlineData("\"id2label\": { \"0\": \"LABEL_0\" }", Activation.Sigmoid)]
    public void Find_AClassifier_ScoresAsItsProblemAsks(string key, Activation activation)
    {
        Write("a/config.json", $$"""{ "architectures": ["RobertaForSequenceClassification"], {{key}} }""");
        Write("a/onnx/model.onnx");

        var manifest = Manifest("a");

        Assert.Equal(activation, ((ClassificationSection)manifest.Section).Activation);
        Assert.Equal("onnx/model.onnx", manifest.Graphs[GraphContract.ModelRole]);
    }

    [Fact]
    public void Find_ATagger_HasItsLabels()
    {
        Write("a/config.json", """{ "architectures": ["BertForTokenClassification"], "id2label": { "0": "O", "1": "B-PER" } }""");
        Write("a/model.onnx");

        Assert.Equal(["O", "B-PER"], ((TaggingSection)Manifest("a").Section).Labels.Listed!);
    }

    [Theory]
    [InlineData("1_Pooling", """{ "pooling_mode_mean_tokens": true }""", "2_Normalize", true)]
    [InlineData("1_Pooling", """{ "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false }""", null, false)]
    [InlineData("pool", """{ "pooling_mode": "lasttoken" }""", null, false)]
    public void Find_ASentenceModel_PoolsAsItsModulesSay(string folder, string pooling, string? normalize, bool normalizes)
    {
        var modules = new JsonArray(Module("Transformer", ""), Module("Pooling", folder));
        if (normalize is not null)
            modules.Add((JsonNode)Module("Normalize", normalize));
        Write("a/config.json", """{ "architectures": ["BertModel"], "max_position_embeddings": 128 }""");
        Write("a/modules.json", modules.ToJsonString());
        Write($"a/{folder}/config.json", pooling.Replace("lasttoken", "last", StringComparison.Ordinal));
        Write("a/sentence_bert_config.json", """{ "max_seq_length": 64 }""");
        Write("a/config_sentence_transformers.json", """{ "prompts": { "query": "query: " }, "default_prompt_name": "query" }""");
        Write("a/onnx/model.onnx");

        var manifest = Manifest("a");

        var section = (EmbeddingSection)manifest.Section;
        RowOutput expected = pooling.Contains("cls", StringComparison.Ordinal) && !pooling.Contains("\"pooling_mode\"", StringComparison.Ordinal)
            ? (pooling.Contains("cls_token\": true", StringComparison.Ordinal) ? RowOutputs.First : RowOutputs.Mean)
            : pooling.Contains("last", StringComparison.Ordinal) ? RowOutputs.Last : RowOutputs.Mean;
        Assert.Equal(expected.Method, section.Pooling.Method);
        Assert.Equal((normalizes, "query: ", 64), (section.Normalize, section.Prefix, manifest.Limits.MaxInputTokens));
    }

    [Theory]
    [InlineData("roberta", 514, 1, 512)]
    [InlineData("bert", 512, 0, 512)]
    public void Find_PositionsOfAModel_BoundItsTexts(string type, int positions, int padding, int expected)
    {
        Write("a/config.json", $$"""
            { "architectures": ["XModel"], "model_type": "{{type}}", "max_position_embeddings": {{positions}}, "pad_token_id": {{padding}} }
            """);
        Write("a/tokenizer_config.json", """{ "model_max_length": 1000000000000000019884624838656 }""");
        Write("a/model.onnx");

        var manifest = Manifest("a");

        Assert.Equal((expected, padding), (manifest.Limits.MaxInputTokens, manifest.Tokenizer!.PadId));
    }

    [Fact]
    public void Find_AManifestBesideIt_SaysOtherwise()
    {
        Write("a/config.json", Classifier);
        Write("a/model.onnx");
        Write("a/onnx/model_quantized.onnx");
        Write("a/model.json", """{ "graphs": { "model": "onnx/model_quantized.onnx" }, "default": true, "limits": { "max_input_tokens": 32 }, }""");

        var manifest = Manifest("a");

        Assert.Equal(("onnx/model_quantized.onnx", true, 32), (manifest.Graphs["model"], manifest.Default, manifest.Limits.MaxInputTokens));
    }

    [Fact]
    public void Find_AManifestOfSomethingElseBesideIt_NamesTheKey()
    {
        Write("a/config.json", Classifier);
        Write("a/model.onnx");
        Write("a/model.json", """{ "max_tokens": 3 }""");

        Assert.Contains("max_tokens", Fault("a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_VersionFolders_AreVersionsOfTheirOwn()
    {
        Write("a/1/config.json", Classifier);
        Write("a/1/model.onnx");
        Write("a/2/config.json", Classifier.Replace("good", "fine", StringComparison.Ordinal));
        Write("a/2/model.onnx");
        Write("a/3/notes.txt");

        var model = Find("a");

        Assert.Equal([1, 2], model.Versions);
        Assert.Equal(["bad", "fine"], Labels(model));
        Assert.Equal(["bad", "good"], Labels(model.ForVersion(1)));
        Assert.Equal(_repository.Of("a", "2"), model.VersionFolder(2));
    }

    [Fact]
    public void ForVersion_OfAnotherTask_IsRefused()
    {
        Write("a/1/config.json", """{ "architectures": ["BertModel"] }""");
        Write("a/1/model.onnx");
        Write("a/2/config.json", Classifier);
        Write("a/2/model.onnx");

        var refusal = Assert.Throws<ModelLoadException>(() => Find("a").ForVersion(1)).Message;

        Assert.Equal("version 1 is of task \"embedding\", the newest of task \"classification\"; make it a model of its own.", refusal);
    }

    [Fact]
    public void Find_AFolderWithoutVersions_IsItsOnlyVersion()
    {
        Write("a/config.json", Classifier);
        Write("a/model.onnx");

        var model = Find("a");

        Assert.Equal([1], model.Versions);
        Assert.Equal(_repository.Of("a"), model.VersionFolder(1));
    }

    [Theory]
    [InlineData("model.safetensors", "optimum-cli export onnx")]
    [InlineData("pytorch_model.bin", "the weights for PyTorch, but no ONNX graph")]
    [InlineData("tf_model.h5", "tf_model.h5 but no ONNX graph")]
    [InlineData("model-q4.gguf", "a model for llama.cpp")]
    [InlineData("README.md", "no ONNX graph (model.onnx, here or in onnx/)")]
    public void Find_AFolderWithoutGraph_SaysWhatLiesThereAndWhatToDo(string file, string expected)
    {
        Write("a/config.json", Classifier);
        Write($"a/{file}");

        var fault = Fault("a");

        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.Contains("export", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "architectures": ["ViTForImageClassification"] }""", "ViTForImageClassification reads images")]
    [InlineData("""{ "architectures": ["Wav2Vec2ForCTC"] }""", "reads sound")]
    [InlineData("""{ "architectures": ["CLIPModel"], "model_type": "clip" }""", "model_type \"clip\" reads no text")]
    [InlineData("""{ "architectures": ["BertForMaskedLM"] }""", "--task feature-extraction")]
    [InlineData("""{ "architectures": ["BertForQuestionAnswering"] }""", "no task of this server")]
    [InlineData("""{ "architectures": ["T5ForConditionalGeneration"] }""", "no ONNX graph (encoder_model.onnx, here or in onnx/)")]
    [InlineData("""{ "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava" }""", "model_type \"llava\" reads no text")]
    [InlineData("""{ "model_type": "bert" }""", "names no class under \"architectures\"")]
    [InlineData("""{ "architectures": ["BertForSequenceClassification"], "id2label": { "0": "a", "2": "b" } }""", "id2label must name each of 0–1 once; \"2\"")]
    [InlineData("""{ "architectures": """, "config.json is no valid JSON at line 1")]
    [InlineData("""[1]""", "config.json must hold one JSON object")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "git lfs pull")]
    [InlineData("", "config.json is empty")]
    public void Find_AConfigurationOfWhatIsNotServed_SaysWhy(string config, string expected)
    {
        Write("a/config.json", config);
        Write("a/model.onnx");

        Assert.Contains(expected, Fault("a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sentence_transformers.models.Dense", "2_Dense", "module \"Dense\" is none that this server computes")]
    [InlineData("sentence_transformers.models.Pooling", "../b", "leads out of the folder")]
    public void Find_AModuleThatIsNotServed_SaysWhy(string module, string path, string expected)
    {
        Write("a/config.json", """{ "architectures": ["BertModel"] }""");
        Write("a/modules.json", new JsonArray(new JsonObject { ["type"] = module, ["path"] = path }).ToJsonString());
        Write("a/model.onnx");

        Assert.Contains(expected, Fault("a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FoldersWithoutConfiguration_AreOfOtherFormats()
    {
        Write("a/1/model.onnx");

        Assert.Equal("tensor", Manifest("a").Task);
    }

    private static JsonObject Module(string type, string path) => new() { ["type"] = $"sentence_transformers.models.{type}", ["path"] = path };

    private static IReadOnlyList<string> Labels(RepositoryModel model) => ((ClassificationSection)model.Manifest!.Section).Labels.Listed!;

    private void Write(string path, string content = "") => _repository.Write(path, content);

    private RepositoryModel Find(string name) => _repository.Open().Find(name)!;

    private ModelManifest Manifest(string name)
    {
        var model = Find(name);
        Assert.Null(model.Fault);
        return model.Manifest!;
    }

    private string Fault(string name)
    {
        var model = Find(name);
        Assert.Null(model.Manifest);
        Assert.StartsWith(name, model.Fault!, StringComparison.Ordinal);
        return model.Fault!;
    }
}
