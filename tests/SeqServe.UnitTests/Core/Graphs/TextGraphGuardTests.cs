using System.Runtime.InteropServices;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tensors;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Graphs;

public class TextGraphGuardTests
{
    private const int Vocabulary = 10;

    private static readonly ModelManifest s_manifest = new()
    {
        Name = "m",
        Task = "any",
        Graphs = new Dictionary<string, string>(),
        Limits = new LimitsManifest(4, 2),
        Section = new LanguageModelingSection(new SamplingOptions())
        {
            Wiring = new DecoderWiring { Caches = [new CacheWiring("k", "v", "k_new", "v_new")], Memory = ["memory"] },
        },
    };

    public static TheoryData<string, long[], long[], string?> Classifications => new()
    {
        { "right", [1, 9, 0, 0], [2, 1], null },
        { "id beyond the vocabulary", [1, 10, 0, 0], [2, 1], "\"input_ids\"" },
        { "id below zero", [-1, 1, 0, 0], [2, 1], "\"input_ids\"" },
        { "length beyond the row", [1, 1, 1, 1], [3, 1], "\"my_lengths\"" },
        { "length of nothing", [1, 1, 1, 1], [0, 1], "\"my_lengths\"" },
        { "too long", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1], "the graph takes 1–4" },
    };

    [Theory]
    [MemberData(nameof(Classifications))]
    public void Check_ClassifierWithNamesOfItsOwn_SeesWhatItCannotTake(string what, long[] ids, long[] lengths, string? fault)
    {
        var contract = ClassifierContract.Default.Named(
            new Dictionary<string, string> { ["ids"] = "input_ids", ["lengths"] = "my_lengths" }, new Dictionary<string, string>());

        var refusal = Refusal(contract.Roles[0], Longs("input_ids", [2, ids.Length / 2], ids), Longs("my_lengths", [lengths.Length], lengths));

        Assert.True(fault is null ? refusal is null : refusal?.Contains(fault, StringComparison.Ordinal) == true, $"{what}: {refusal}");
    }

    [Theory]
    [InlineData(9, null)]
    [InlineData(10, "element 1 is 10; ids of this model are 0–9")]
    [InlineData(-1, "element 1 is -1")]
    public void Check_IdsOf32Bits_AreReadAsSuch(int id, string? fault)
    {
        var ids = new Tensor("ids", TensorDatatype.Int32, [1, 2], MemoryMarshal.AsBytes<int>(new[] { 1, id }).ToArray());

        var refusal = Refusal(ClassifierContract.Default.Roles[0], ids);

        Assert.True(fault is null ? refusal is null : refusal?.Contains(fault, StringComparison.Ordinal) == true, refusal);
    }

    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(2, 1, "\"past\"")]
    [InlineData(0, 3, "\"src_len\"")]
    public void Check_DecoderStep_ReadsCachesMemoryAndTheirLengths(long past, long source, string? fault)
    {
        var role = TranslatorContract.Default.Named(new Dictionary<string, string> { ["past_len"] = "past" }, new Dictionary<string, string>()).Role("decoder");

        var refusal = Refusal(
            role,
            Longs("tokens", [1], 3),
            Longs("past", [1], past),
            Longs("src_len", [1], source),
            Floats("k", 1, 1, 5, 1),
            Floats("v", 1, 1, 5, 1),
            Floats("memory", 1, 2, 1));

        Assert.True(fault is null ? refusal is null : refusal?.Contains(fault, StringComparison.Ordinal) == true, refusal);
    }

    [Theory]
    [InlineData(1, "the graph takes 2–6")]
    [InlineData(2, null)]
    [InlineData(6, null)]
    [InlineData(7, "the graph takes 2–6")]
    public void Check_ScoredText_HasAtLeastTwoTokensAndNoCache(int tokens, string? fault)
    {
        var refusal = Refusal(LanguageModelContract.Default.Role("score"), Longs("tokens", [1, tokens], new long[tokens]), Longs("lengths", [1], 1));

        Assert.True(fault is null ? refusal is null : refusal?.Contains(fault, StringComparison.Ordinal) == true, refusal);
    }

    [Theory]
    [InlineData(64, 4, null)]
    [InlineData(65, 1, "max_batch_size is 64")]
    [InlineData(33, 4, "132 in all, the model's max_batch_tokens is 128")]
    public void Check_MoreRowsOrTokensThanABatchOfTheServersOwn_NamesTheLimit(int rows, int tokens, string? fault)
    {
        var limits = s_manifest with { Batching = new BatchLimits { MaxBatchSize = 64, MaxBatchTokens = tokens == 4 && rows == 64 ? 256 : 128 } };

        var refusal = Refusal(
            ClassifierContract.Default.Roles[0],
            limits,
            Longs("ids", [rows, tokens], new long[rows * tokens]),
            Longs("lengths", [rows], [.. Enumerable.Repeat(1L, rows)]));

        Assert.True(fault is null ? refusal is null : refusal?.Contains(fault, StringComparison.Ordinal) == true, refusal);
    }

    [Fact]
    public void Check_MemoryOfMoreSourceTokensThanABatchMayHave_NamesTheLimit()
    {
        var role = TranslatorContract.Default.Named(new Dictionary<string, string> { ["past_len"] = "past" }, new Dictionary<string, string>()).Role("decoder");

        var refusal = Refusal(
            role,
            s_manifest with { Batching = new BatchLimits { MaxBatchTokens = 8 } },
            Longs("tokens", [1], 3),
            Longs("past", [1], 1),
            Longs("src_len", [1], 1),
            Floats("k", 1, 1, 5, 1),
            Floats("v", 1, 1, 5, 1),
            Floats("memory", 1, 9, 1));

        Assert.Contains("9 in all, the model's max_batch_tokens is 8", refusal, StringComparison.Ordinal);
    }

    private static string? Refusal(GraphRole role, params Tensor[] inputs) => Refusal(role, s_manifest, inputs);

    private static string? Refusal(GraphRole role, ModelManifest manifest, params Tensor[] inputs)
    {
        try
        {
            new TextGraphGuard(role, manifest, Vocabulary).Check(inputs);
            return null;
        }
        catch (ServingException e)
        {
            return e.Message;
        }
    }

    private static Tensor Floats(string name, params long[] shape) =>
        new(name, TensorDatatype.Fp32, shape, new byte[shape.Aggregate(4L, (bytes, size) => bytes * size)]);
}
