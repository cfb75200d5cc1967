using System.Text.Json.Nodes;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.TestSupport;
using static SeqServe.UnitTests.Core.Tasks.Tensors.SequenceBench;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>Sequences of several holders of keys.</summary>
public sealed class SequenceHolderTests
{
    private static readonly SequenceHolder s_anna = new("anna", 2);
    private static readonly SequenceHolder s_bert = new("bert", 2);

    [Fact]
    public async Task Infer_AnothersSequence_HasNotBegun()
    {
        using var bench = Bench();
        await Send(bench, 7L, 100, starts: true, holder: s_anna);

        var goesOn = await Refusal(() => Send(bench, 7L, 1, holder: s_bert));
        var ends = await Refusal(() => Send(bench, 7L, 1, ends: true, holder: s_bert));

        Assert.Equal(ServingErrorCode.InvalidRequest, goesOn.Code);
        Assert.StartsWith("parameter \"sequence_id\": sequence 7 has not begun", goesOn.Message, StringComparison.Ordinal);
        Assert.Equal(goesOn.Message, ends.Message);
        Assert.Equal(101, await Send(bench, 7L, 1, holder: s_anna));
    }

    [Fact]
    public async Task Infer_SameIdOfTwoHolders_AreTwoSequences()
    {
        using var bench = Bench();
        await Send(bench, "s", 1, starts: true, holder: s_anna);
        await Send(bench, "s", 10, starts: true, holder: s_bert);
        float[] answers = [await Send(bench, "s", 1, ends: true, holder: s_anna), await Send(bench, "s", 10, holder: s_bert)];

        Assert.Equal([2f, 20], answers);
        Assert.Equal(1, Sequences(bench).Count);
    }

    [Fact]
    public async Task Infer_HolderWhoTakesAllItCan_LeavesTheOtherItsPart()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_sequences"] = 4 });
        for (var id = 1L; id <= 3; id++)
            await Send(bench, id, 1, starts: true, holder: s_anna);

        var refusal = await Refusal(() => Send(bench, 4L, 1, starts: true, holder: s_anna));

        Assert.Equal((ServingErrorCode.Overloaded, true), (refusal.Code, refusal.RetryAfter is not null));
        Assert.StartsWith("The model keeps 4 sequences (half for whichever API key comes first", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, await Send(bench, 1L, 5, starts: true, holder: s_bert));
        Assert.Equal(2, await Send(bench, 1L, 1, ends: true, holder: s_anna));
        Assert.Equal(1, await Send(bench, 4L, 1, starts: true, holder: s_anna));
    }

    [Fact]
    public async Task Infer_StateOfAHolder_LeavesTheOtherItsPart()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_bytes"] = 8 * sizeof(float) });
        using (await bench.Infer(Rows(6)))
            Assert.Equal(24, Sequences(bench).Bytes);

        Assert.Equal(ServingErrorCode.Overloaded, (await Refusal(() => Send(bench, 2L, 1, starts: true, holder: s_anna))).Code);
        Assert.Equal(ServingErrorCode.Overloaded, (await Refusal(() => Send(bench, null, 1, holder: s_anna))).Code);
        Assert.Equal(ServingErrorCode.InvalidRequest, (await Refusal(() => bench.Infer(Rows(7)))).Code);
        Assert.Equal(1, await Send(bench, null, 1, holder: s_bert));
        Assert.Equal(2, await Send(bench, 1L, 2, starts: true, holder: s_bert));
    }

    [Fact]
    public async Task Infer_StateOfOneRowAtMost_IsForWhoComesFirst()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_bytes"] = sizeof(float) });

        Assert.Equal(1, await Send(bench, 1L, 1, starts: true, ends: true, holder: s_anna));
        Assert.Equal(1, await Send(bench, 1L, 1, starts: true, holder: s_bert));
        Assert.Equal(ServingErrorCode.Overloaded, (await Refusal(() => Patience.Wait(Send(bench, 1L, 1, starts: true, holder: s_anna)))).Code);
    }

    private static TensorRequest Rows(int rows) => new("a", [Floats("x", [rows, 1], new float[rows])])
    {
        Parameters = Parameters(1L, starts: true, ends: false),
        Holder = s_anna,
    };
}
