using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching.Plans;

public sealed class PlanCacheTests : IDisposable
{
    private static readonly BatchPlan s_plan =
        new(4, null, 0.1, null, [new(1, 24, TimeSpan.FromMilliseconds(0.5)), new(4, 24, TimeSpan.FromMilliseconds(1.25))]);

    private const string Point = "{\"rows\":1,\"length\":24,\"time\":\"00:00:01\",\"threads\":1}";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Find_KeptPlan_IsTheSame()
    {
        new PlanCache(Plans).Keep("key", s_plan);

        var found = new PlanCache(Plans).Find("key");

        Assert.Equal(s_plan.BatchSize, found?.BatchSize);
        Assert.Equal(s_plan.Grid, found?.Grid);
        Assert.Single(Directory.GetFiles(Plans));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"batch_size\": 4")]
    [InlineData("{\"batch_size\": 0, \"grid\": []}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"batch_size\":8,\"batch_tokens\":512,\"max_padding\":0.1,\"latency_from_tokens\":-5,\"grid\":[" + Point + "]}")]
    [InlineData("{\"batch_size\":8,\"batch_tokens\":0,\"max_padding\":0.1,\"grid\":[" + Point + "]}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":-0.1,\"grid\":[" + Point + "]}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":1,\"grid\":[" + Point + "]}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":0.1,\"grid\":null}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":0.1}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":0.1,\"grid\":[{\"rows\":0,\"length\":24,\"time\":\"00:00:01\",\"threads\":1}]}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":0.1,\"grid\":[{\"rows\":1,\"length\":0,\"time\":\"00:00:01\",\"threads\":1}]}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":0.1,\"grid\":[{\"rows\":1,\"length\":24,\"time\":\"-00:00:01\",\"threads\":1}]}")]
    [InlineData("{\"batch_size\":8,\"max_padding\":0.1,\"grid\":[{\"rows\":1,\"length\":24,\"time\":\"00:00:01\",\"threads\":0}]}")]
    public void Find_BrokenFile_IsNothing(string content)
    {
        Directory.CreateDirectory(Plans);
        File.WriteAllText(Path.Combine(Plans, "key.json"), content);

        Assert.Null(new PlanCache(Plans).Find("key"));
    }

    [Fact]
    public void Find_FileOfSoundNumbers_IsTheirPlan()
    {
        Directory.CreateDirectory(Plans);
        File.WriteAllText(Path.Combine(Plans, "key.json"), "{\"batch_size\":8,\"max_padding\":0.1,\"grid\":[" + Point + "]}");

        Assert.Equal(8, new PlanCache(Plans).Find("key")?.BatchSize);
    }

    [Fact]
    public void Find_FileThatIsTooLarge_IsNothing()
    {
        new PlanCache(Plans).Keep("key", s_plan with { Grid = [.. Enumerable.Repeat(s_plan.Grid[0], 2000)] });

        Assert.Null(new PlanCache(Plans).Find("key"));
    }

    // The model would be Unavailable, or be batched by numbers that nobody measured.
    [Theory]
    [InlineData("\"batch_size\":5000,\"max_padding\":0.1,\"grid\":[" + Point + "]")]
    [InlineData("\"batch_size\":8,\"batch_tokens\":99999999,\"max_padding\":0.1,\"grid\":[" + Point + "]")]
    [InlineData("\"batch_size\":8,\"max_padding\":0.1,\"grid\":[{\"rows\":2147483647,\"length\":24,\"time\":\"00:00:01\",\"threads\":1}]")]
    [InlineData("\"batch_size\":8,\"max_padding\":0.1,\"grid\":[{\"rows\":1,\"length\":2147483647,\"time\":\"00:00:01\",\"threads\":1}]")]
    [InlineData("\"batch_size\":8,\"max_padding\":0.1,\"grid\":[{\"rows\":1,\"length\":24,\"time\":\"9.00:00:01\",\"threads\":1}]")]
    [InlineData("\"batch_size\":8,\"max_padding\":0.1,\"grid\":[" + Point + ",{\"rows\":8,\"length\":24,\"time\":\"00:00:01\",\"threads\":4}]")]
    public void Find_PlanThatCannotHaveBeenMeasured_IsNothing(string content)
    {
        Directory.CreateDirectory(Plans);
        File.WriteAllText(Path.Combine(Plans, "key.json"), $"{{{content}}}");

        Assert.Null(new PlanCache(Plans).Find("key"));
    }

    [LinuxFact]
    public void Find_PipeInThePlaceOfAPlan_IsNothingAndIsReplacedByOne()
    {
        Directory.CreateDirectory(Plans);
        SpecialFiles.MakePipe(Path.Combine(Plans, "key.json"));
        var cache = new PlanCache(Plans);
        Assert.Null(cache.Find("key"));

        cache.Keep("key", s_plan);

        Assert.Equal(4, cache.Find("key")?.BatchSize);
    }

    [Fact]
    public void Find_FileWithoutAnEnd_IsNothing()
    {
        Directory.CreateDirectory(Plans);
        File.CreateSymbolicLink(Path.Combine(Plans, "key.json"), SpecialFiles.Endless);

        Assert.Null(new PlanCache(Plans).Find("key"));
    }

    [Fact]
    public void Keep_FolderThatCannotBe_IsNoFault()
    {
        File.WriteAllText(Plans, "a file where the folder should be");
        var cache = new PlanCache(Plans);

        cache.Keep("key", s_plan);

        Assert.Null(cache.Find("key"));
    }

    [Fact]
    public void Keep_FolderInThePlaceOfThePlan_LeavesNoDraft()
    {
        Directory.CreateDirectory(Path.Combine(Plans, "key.json"));

        new PlanCache(Plans).Keep("key", s_plan);

        Assert.Empty(Directory.GetFiles(Plans));
    }

    [Fact]
    public void Find_WithoutFolder_IsNothing()
    {
        var cache = new PlanCache(null);
        cache.Keep("key", s_plan);

        Assert.Null(cache.Find("key"));
    }

    [Fact]
    public void Key_OfOtherGraphRuntimeOrLimits_IsAnother()
    {
        string[] graphs = [Path.Combine(_folder.Path, "a.onnx"), Path.Combine(_folder.Path, "b.onnx")];
        File.WriteAllText(graphs[0], "a");
        File.WriteAllText(graphs[1], "b");
        var limits = new BatchLimits();

        string[] keys =
        [
            PlanKey.Of(graphs[0], "1", limits, 1, 1), PlanKey.Of(graphs[1], "1", limits, 1, 1), PlanKey.Of(graphs[0], "2", limits, 1, 1),
            PlanKey.Of(graphs[0], "1", limits with { MaxBatchSize = 8 }, 1, 1), PlanKey.Of(graphs[0], "1", limits with { MaxBatchTokens = 8 }, 1, 1),
            PlanKey.Of(graphs[0], "1", limits, 2, 1), PlanKey.Of(graphs[0], "1", limits, 1, 2),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], PlanKey.Of(graphs[0], "1", limits, 1, 1));
    }

    private string Plans => Path.Combine(_folder.Path, "plans");

    public void Dispose() => _folder.Dispose();
}
