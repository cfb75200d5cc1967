using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.TestSupport;
using static SeqServe.UnitTests.Core.Tasks.Tensors.SequenceBench;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>The memory of the sequences of a model.</summary>
public sealed class StateBytesTests
{
    [Fact]
    public async Task Infer_MoreStateThanIsKept_IsRefusedUntilASequenceEnds()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_bytes"] = 2 * sizeof(float) });
        await Send(bench, 1L, 1, starts: true);
        await Send(bench, 2L, 1, starts: true);

        var refusal = await Refusal(() => Send(bench, 3L, 1, starts: true));

        Assert.Equal((ServingErrorCode.Overloaded, true), (refusal.Code, refusal.RetryAfter is not null));
        Assert.StartsWith(
            "The model keeps 8 bytes of state, and other sequences hold them; end some with sequence_end", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((2, 8L), (Sequences(bench).Count, Sequences(bench).Bytes));
        Assert.Equal(3, await Send(bench, 1L, 2, ends: true));
        Assert.Equal(7, await Send(bench, 3L, 7, starts: true));
    }

    [Fact]
    public async Task Infer_MoreStateThanAllModelsKeep_IsRefusedUntilASequenceOfAnotherModelEnds()
    {
        var states = new StateBudget(2 * sizeof(float));
        using var one = Bench(states: states);
        using var other = Bench(states: states);
        await Send(one, 1L, 1, starts: true);
        await Send(other, 1L, 1, starts: true);

        var refusal = await Refusal(() => Send(other, 2L, 1, starts: true));

        Assert.Equal((ServingErrorCode.Overloaded, true), (refusal.Code, refusal.RetryAfter is not null));
        Assert.StartsWith("All models together keep 8 bytes of state, and other sequences hold them; end some", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((8L, 4L), (states.Held, Sequences(other).Bytes));
        Assert.Equal(3, await Send(one, 1L, 2, ends: true));
        Assert.Equal(7, await Send(other, 2L, 7, starts: true));
    }

    [Fact]
    public async Task Infer_MoreStateThanAllModelsTogetherKeep_IsRefusedForGood()
    {
        using var bench = Bench(states: new StateBudget(sizeof(float)));

        var refusal = await Refusal(() => bench.Infer(new TensorRequest("a", [Floats("x", [2, 1], 1, 2)]) { Parameters = Parameters(1L, true, false) }));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal("The request has 8 bytes of state, the model keeps 4; send fewer rows on axis 0.", refusal.Message);
    }

    [Fact]
    public async Task Unload_SequencesHeldAndRunning_GivesAllStateBack()
    {
        var states = new StateBudget(1 << 20);
        using var bench = Bench(states: states);
        await Send(bench, 1L, 1, starts: true);
        bench.Backend.Close();
        var running = Send(bench, 2L, 1, starts: true);
        bench.Backend.AwaitStart();
        await Patience.Wait(bench.Registry.Lifecycle.UnloadAsync("a"));
        Assert.Equal(8, states.Held);

        bench.Backend.Open();
        await Patience.Wait(running);
        await bench.Registry.RetiredAsync();

        Assert.Equal(0, states.Held);
    }

    [Fact]
    public async Task Infer_StateOfIdleSequences_MakesRoom()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_bytes"] = sizeof(float), ["max_idle_ms"] = 1000 });
        await Send(bench, 1L, 1, starts: true);
        bench.Registry.Time.Advance(TimeSpan.FromMilliseconds(1100));

        Assert.Equal(2, await Send(bench, 2L, 2, starts: true));
        Assert.Equal(4, Sequences(bench).Bytes);
    }

    [Fact]
    public async Task Infer_StateOfARequest_IsCountedWhileItRunsAndNotAfterItFailed()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_bytes"] = sizeof(float) });
        bench.Backend.Close();
        var none = Send(bench, null, 1);
        bench.Backend.AwaitStart();
        Assert.Equal(4, Sequences(bench).Bytes);
        Assert.Equal(ServingErrorCode.Overloaded, (await Refusal(() => Send(bench, 1L, 1, starts: true))).Code);
        bench.Backend.Open();
        await Patience.Wait(none);
        bench.Backend.OnRun = () => throw new BackendException("No.");

        await Refusal(() => Patience.Wait(Send(bench, 1L, 1, starts: true)));
        bench.Backend.OnRun = null;

        Assert.Equal(0, Sequences(bench).Bytes);
        Assert.Equal(1, await Send(bench, 1L, 1, starts: true));
    }

    [Fact]
    public async Task Infer_SequenceThatBeginsAgainWithFewerRows_CountsThese()
    {
        using var bench = Bench();
        using (await bench.Infer(new TensorRequest("a", [Floats("x", [3, 1], 1, 2, 3)]) { Parameters = Parameters(1L, true, false) }))
            Assert.Equal(12, Sequences(bench).Bytes);

        await Send(bench, 1L, 1, starts: true);

        Assert.Equal(4, Sequences(bench).Bytes);
    }

    [Fact]
    public async Task Infer_MoreRowsThanTheModelKeeps_AreRefusedForGood()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_bytes"] = 2 * sizeof(float) });

        var refusal = await Refusal(() => bench.Infer(new TensorRequest("a", [Floats("x", [3, 1], 1, 2, 3)]) { Parameters = Parameters(1L, true, false) }));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal("The request has 12 bytes of state, the model keeps 8; send fewer rows on axis 0.", refusal.Message);
    }

    [Fact]
    public void Load_StateOfARowAboveTheLimit_SaysWhatToRaise()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_bytes"] = sizeof(float) - 1 });

        Assert.Contains("sequences.max_bytes is 3; raise it", bench.Registry.StatusOf("a").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 25)]
    [InlineData(1L << 29)]
    [InlineData(1L << 30)]
    public async Task Infer_ManyRowsOfNothing_AreRefusedAndTakeNoMemory(long rows)
    {
        using var bench = new TensorBench(Backend([-1, 1], [-1, 0]), json => json["state"] = new JsonArray(new JsonObject { ["in"] = "h", ["out"] = "h_out" }));

        var refusal = await Refusal(() => bench.Infer(new TensorRequest("a", [Floats("x", [rows, 0])])));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("send fewer rows", refusal.Message, StringComparison.Ordinal);
    }
}
