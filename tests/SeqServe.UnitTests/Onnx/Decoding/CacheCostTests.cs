using SeqServe.Core.Backends;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;

namespace SeqServe.UnitTests.Onnx.Decoding;

/// <summary>What rows of real models are priced at.</summary>
public class CacheCostTests
{
    private static string Exported => Path.Combine(RepositoryRoot.Folder, "tests", "SeqServe.FunctionalTests", "Fixtures", "HuggingFace", "models");

    [Fact]
    public void CacheCost_OfAnExportedLanguageModel_IsBothBuffersWithTheirSpareRoom()
    {
        // Keys and values of 2 layers of 96 numbers of 4 bytes, twice, and a quarter more.
        const long Token = 2 * 2 * 96 * 4 * 2 * 5 / 4;

        Assert.Equal(new CacheCost(Token, Token, 96 * 4), CostOf(Exported, "gpt2-stories"));
    }

    [Fact]
    public void CacheCost_OfRecurrentStates_IsNothing() => Assert.Equal(CacheCost.None, CostOf(RepositoryRoot.Models, "lm-gru"));

    [Fact]
    public void CacheCost_OfAModelWithAttention_CountsItsSourceAndNothingForItsAnswer()
    {
        var cost = CostOf(RepositoryRoot.Models, "en-fr-attention");

        Assert.True(cost.Input > 0, $"{cost}");
        Assert.Equal(0, cost.Output);
    }

    [Theory]
    [InlineData("lm-transformer")]
    [InlineData("en-fr-transformer")]
    public void CacheCost_OfATransformer_CountsBoth(string model)
    {
        var cost = CostOf(RepositoryRoot.Models, model);

        Assert.True(cost is { Input: > 0, Output: > 0, Largest: > 0 } && cost.Largest < cost.Output, $"{cost}");
    }

    private static CacheCost CostOf(string repository, string name)
    {
        using var bench = new RegistryBench(ShippedTasks.Open(repository), new ModelRegistryOptions { Models = [name] }, OnnxBackends.Factory());
        bench.Load();
        using var lease = bench.Registry.Acquire(name, version: null);
        return Assert.IsType<ServedDecoder>(lease.Model, exactMatch: false).CacheCost;
    }
}
