using System.Text;
using SeqServe.Core.Repository.Manifests;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository.Manifests;

public class ManifestFaultTests
{
    [Theory]
    [InlineData("name", null, "is missing")]
    [InlineData("name", "\"other\"", "must equal the folder's name")]
    [InlineData("name", "\"\"", "must not be empty")]
    [InlineData("name", "7", "must be a string")]
    [InlineData("task", null, "is missing")]
    [InlineData("task", "\"sorting\"", "\"classification\"")]
    [InlineData("task", "null", "is missing")]
    [InlineData("default", "\"yes\"", "true or false")]
    [InlineData("description", "[]", "must be a string")]
    [InlineData("graphs", "\"model.onnx\"", "must be an object")]
    [InlineData("graphs.model", null, "is missing")]
    [InlineData("graphs.model", "\"../x.onnx\"", "inside the model's folder")]
    [InlineData("graphs.model", "\"/x.onnx\"", "inside the model's folder")]
    [InlineData("graphs.model", "\"a\\\\b.onnx\"", "inside the model's folder")]
    [InlineData("graphs.model", "\"a/../b.onnx\"", "inside the model's folder")]
    [InlineData("tokenizer", null, "is missing")]
    [InlineData("tokenizer.type", "\"wordpiece\"", "\"sentencepiece-bpe\"")]
    [InlineData("tokenizer.file", null, "is missing")]
    [InlineData("tokenizer.file", "\"../tokenizer.model\"", "inside the model's folder")]
    [InlineData("tokenizer.normalization", "\"nfd\"", "\"nfkc\"")]
    [InlineData("tokenizer.normalization", null, "is missing")]
    [InlineData("tokenizer.bos_id", null, "is missing")]
    [InlineData("tokenizer.pad_id", "-1", "whole number")]
    [InlineData("labels", null, "is missing")]
    [InlineData("labels", "\"../labels.txt\"", "inside the model's folder")]
    [InlineData("limits", null, "is missing")]
    [InlineData("limits.max_input_tokens", null, "is missing")]
    [InlineData("limits.max_input_tokens", "0", "1–65536")]
    [InlineData("limits.max_input_tokens", "1.5", "whole number")]
    [InlineData("limits.max_input_tokens", "\"128\"", "whole number")]
    [InlineData("batching.max_batch_size", "0", "1–4096")]
    [InlineData("batching.max_batch_tokens", "127", "is less than limits.max_input_tokens (128)")]
    [InlineData("batching.max_queue_delay_ms", "-1", "0–60000")]
    [InlineData("batching.queue_capacity", "1e30", "whole number")]
    [InlineData("instances.device", "\"tpu\"", "\"cuda\"")]
    [InlineData("instances.sessions", "65", "\"auto\" or a whole number in 1–64")]
    [InlineData("instances.intra_op_threads", "\"all\"", "\"auto\" or a whole number in 1–256")]
    [InlineData("instances.isolation", "true", "\"auto\", \"process\", \"none\"")]
    [InlineData("instances.isolation", "\"process\"", "models of task \"classification\" run in the server's own process")]
    [InlineData("card.metrics.accuracy", "\"good\"", "must be a number")]
    [InlineData("card.metrics.accuracy", "1e999", "must be a number that a double can hold")]
    [InlineData("card.metrics.accuracy", "-1e400", "must be a number that a double can hold")]
    [InlineData("card.parameters", "-1", "whole number")]
    public void Read_OneFault_NamesKeyAndRemedy(string path, string? value, string remedy)
    {
        var error = Assert.Single(Manifests.Refuse(path, value).Errors);

        Assert.Equal(path, error.Key);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nmae")]
    [InlineData("graphs.decoder")]
    [InlineData("tokenizer.vocab")]
    [InlineData("limits.max_tokens")]
    [InlineData("batching.max_padding")]
    [InlineData("instances.gpu")]
    [InlineData("card.author")]
    public void Read_UnknownKey_IsAFaultAtEveryLevel(string path)
    {
        var error = Assert.Single(Manifests.Refuse(path, "1").Errors);

        Assert.Equal((path, "1"), (error.Key, error.Value));
        Assert.Contains("is not a key of this object", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"name\": \"film\"", "name")]
    [InlineData("\"card\": { \"data\": \"\", \"data\": \"\" }", "card.data")]
    [InlineData("\"card\": { \"metrics\": { \"a\": 1, \"a\": 2 } }", "card.metrics.a")]
    [InlineData("\"files\": { \"a\": \"sha256:{0}\", \"a\": \"sha256:{0}\" }", "files.a")]
    public void Read_KeyGivenTwice_IsAFault(string text, string key)
    {
        var json = $$"""{ "name": "film", "task": "tensor", {{text.Replace("{0}", new string('0', 64), StringComparison.Ordinal)}} }""";

        var error = Assert.Single(Manifests.Refuse(json).Errors);

        Assert.Equal(key, error.Key);
        Assert.Contains("is given twice", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1/graph.onnx", "\"0123\"", "sha256:")]
    [InlineData("1/graph.onnx", "\"sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\"", "lower-case")]
    [InlineData("1/graph.onnx", "\"sha256:0123456789abcdef\"", "64")]
    [InlineData("1/graph.onnx", "7", "sha256:")]
    [InlineData("../graph.onnx", "\"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"", "inside the model's folder")]
    public void Read_BadFileEntry_IsAFault(string file, string value, string remedy)
    {
        var error = Assert.Single(Manifests.Refuse(json => json["files"]!.AsObject()[file] = System.Text.Json.Nodes.JsonNode.Parse(value)).Errors);

        Assert.Equal($"files.{file}", error.Key);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyFaults_ReportsAllAtOnceWithFileKeyValueAndRemedy()
    {
        var refusal = Manifests.Refuse("""
            {
              "name": "other", "task": "classification", "colour": "red", "version_policy": "newest",
              "tokenizer": { "type": "bpe", "file": "../t.model", "normalization": "nfkc" },
              "limits": { "max_input_tokens": 0 },
              "batching": { "max_batch_size": -3 },
              "files": { "a": "md5:0" }
            }
            """);

        Assert.Equal(
            ["batching.max_batch_size", "colour", "files.a", "labels", "limits.max_input_tokens", "name", "tokenizer.file", "tokenizer.type", "version_policy"],
            refusal.Errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.StartsWith("film/model.json: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("batching.max_batch_size = -3: must be a whole number in 1–4096", refusal.Message, StringComparison.Ordinal);
        Assert.All(refusal.Errors, error => Assert.Contains(error.Remedy, refusal.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ \"name\": ", "no valid JSON at line 1")]
    [InlineData("", "no valid JSON")]
    [InlineData("[]", "one JSON object")]
    public void Read_NoJsonObject_SaysWhere(string json, string remedy) =>
        Assert.Contains(remedy, Assert.Single(Manifests.Refuse(json).Errors).Remedy, StringComparison.Ordinal);

    [Theory]
    [InlineData("description")]
    [InlineData("name")]
    public void Read_StringThatIsNoUnicode_IsAFaultOfTheFile(string key)
    {
        byte[] latin1 = Encoding.Latin1.GetBytes($$"""{ "task": "tensor", "{{key}}": "été" }""");

        Assert.Throws<ManifestException>(() => Manifests.Read(latin1));
        Manifests.Refuse($$"""{ "task": "tensor", "{{key}}": "\ud800" }""");
        Manifests.Refuse("""{ "task": "tensor", "name": "film", "\ud800": 1 }""");
    }

    [Fact]
    public void Read_LongValue_IsShortenedInTheMessage() =>
        Assert.Equal(60, Assert.Single(Manifests.Refuse("task", $"\"{new string('x', 1000)}\"").Errors).Value!.Length);

    [Theory]
    [InlineData("description", 1025, "has 1025 characters; write at most 1024")]
    [InlineData("card.notes", 4097, "has 4097 characters; write at most 4096")]
    public void Read_TextThatIsTooLong_IsAFault(string path, int length, string remedy)
    {
        string Text(int characters) => $"\"{new string('x', characters)}\"";

        Assert.Equal(remedy, Assert.Single(Manifests.Refuse(path, Text(length)).Errors).Remedy);
        Manifests.Read(Manifests.Text(path, Text(length - 1)));
    }

    [Fact]
    public void Read_LongKeysAndMoreMetricsThanAnyCardHas_AreFaults()
    {
        var longKey = new string('k', 513);
        var error = Assert.Single(Manifests.Refuse(json => json["card"]!["metrics"]!.AsObject()[longKey] = 1).Errors);
        Assert.Equal(("is a key of 513 characters; write at most 512", 120), (error.Remedy, error.Key.Length));

        var refusal = Manifests.Refuse(json =>
        {
            for (var i = 0; i < 150; i++)
                json["card"]!["metrics"]!.AsObject()[$"m{i}"] = i;
        });
        Assert.EndsWith("m118: is one of more than 100 metrics; remove some; and 31 more", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(20, refusal.Errors.Count);
    }

    [Fact]
    public void Read_LongValueThatEndsInTheMiddleOfACharacter_IsShortenedBeforeIt()
    {
        var file = $"../{new string('x', 113)}\U0001F3ACxxx";

        Assert.Equal($"{file[..116]}...", Assert.Single(Manifests.Refuse("labels", $"\"{file}\"").Errors).Value);
    }

    [Theory]
    [InlineData(".hidden")]
    [InlineData("a b")]
    [InlineData("é")]
    public void Read_FolderWithABadName_IsAFault(string folder)
    {
        var json = Encoding.UTF8.GetBytes($$"""{ "name": "{{folder}}", "task": "tensor" }""");

        Assert.Equal("name", Assert.Single(Assert.Throws<ManifestException>(() => ShippedTasks.Manifests.Read(json, folder)).Errors).Key);
    }
}
