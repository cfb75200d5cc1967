using System.Text;
using SeqServe.Core.Backends;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository.Manifests;

public class ManifestReaderTests
{
    public static TheoryData<string> Shipped => [.. ShippedModelNames.Classifiers];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Read_ShippedManifest_IsValid(string name)
    {
        var manifest = ShippedTasks.Manifests.Read(File.ReadAllBytes(Path.Combine(RepositoryRoot.Model(name), "model.json")), name);

        Assert.Equal(name, manifest.Name);
        Assert.Contains("1/model.onnx", manifest.Files.Keys);
        Assert.NotEmpty(manifest.Card.Metrics);
    }

    [Fact]
    public void Read_EveryKey_ArrivesInItsPlace()
    {
        var manifest = Manifests.Read();

        Assert.Equal((Manifests.Folder, ClassificationTask.TaskName, "gru", "Films.", true),
            (manifest.Name, manifest.Task, manifest.Architecture, manifest.Description, manifest.Default));
        Assert.Equal([2, 3], manifest.VersionPolicy.Select([1, 3, 2]));
        Assert.Equal("graph.onnx", manifest.Graphs["model"]);
        Assert.Equal(("labels.txt", 128), (((ClassificationSection)manifest.Section).Labels.File, manifest.Limits.MaxInputTokens));
        Assert.Equal(("cpu", 2, null), (manifest.Instances.Device, manifest.Instances.Sessions, manifest.Instances.IntraOpThreads));
        Assert.Equal("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", manifest.Files["1/graph.onnx"]);
    }

    [Fact]
    public void Read_Tokenizer_TakesOnlyTheIdsThatAreAdded()
    {
        var tokenizer = Manifests.Read().Tokenizer!;

        Assert.Equal(("tokenizer.model", TextNormalization.NfkcCasefold, 1), (tokenizer.File, tokenizer.Normalization, tokenizer.PadId));
        Assert.Equal(new SpecialTokens(2, null), tokenizer.Special);
    }

    [Fact]
    public void Read_Batching_ArrivesInItsPlace()
    {
        var batching = Manifests.Read().Batching;

        Assert.Equal((8, 1024, 5.0, 64), (batching.MaxBatchSize, batching.MaxBatchTokens, batching.MaxQueueDelay.TotalMilliseconds, batching.QueueCapacity));
    }

    [Fact]
    public void Read_Card_ArrivesAsItStands()
    {
        var card = Manifests.Read().Card;

        Assert.Equal(("Reviews.", "none", "MIT", 1000L, "train.py", "test", "None."),
            (card.Data, card.DataLicence, card.Licence, card.Parameters, card.TrainedBy, card.MetricsOn, card.Notes));
        Assert.Equal(80.5, card.Metrics["accuracy"]);
    }

    [Fact]
    public void Read_OnlyWhatIsRequired_FillsInTheDefaults()
    {
        var manifest = Manifests.Read("""
            { "name": "film", "task": "classification", "labels": "l.txt", "limits": { "max_input_tokens": 16 },
              "tokenizer": { "type": "sentencepiece-bpe", "file": "t.model", "normalization": "none" } }
            """);

        Assert.Equal("model.onnx", manifest.Graphs["model"]);
        Assert.Equal([3], manifest.VersionPolicy.Select([1, 2, 3]));
        Assert.Equal((32, 4096, TimeSpan.Zero, 1024),
            (manifest.Batching.MaxBatchSize, manifest.Batching.MaxBatchTokens, manifest.Batching.MaxQueueDelay, manifest.Batching.QueueCapacity));
        Assert.Equal(new InstanceOptions(), manifest.Instances);
        Assert.False(manifest.Default);
        Assert.Empty(manifest.Files);
    }

    [Fact]
    public void Read_CommentsAndTrailingCommas_AreAllowed() =>
        Assert.Equal("film", Manifests.Read("""
            // A model of mine.
            { "name": "film", /* task */ "task": "tensor", }
            """).Name);

    [Fact]
    public void Read_ByteOrderMark_IsPassedOver() =>
        Assert.Equal("film", Manifests.Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("""{ "name": "film", "task": "tensor" }""")]).Name);
}
