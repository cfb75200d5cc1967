using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.TestSupport;
using static SeqServe.UnitTests.Core.Tasks.Tensors.SequenceBench;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

public sealed class SequenceTests
{
    [Fact]
    public async Task Infer_RequestsOfASequence_GoOnFromOneAnother()
    {
        using var bench = Bench();
        float[] answers = [await Send(bench, 5L, 3, starts: true), await Send(bench, 5L, 4), await Send(bench, 5L, 5, ends: true)];

        Assert.Equal([3f, 7, 12], answers);
        Assert.Equal(0, Sequences(bench).Count);
        Assert.StartsWith("parameter \"sequence_id\": sequence 5 has not begun", (await Refusal(() => Send(bench, 5L, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Signature_OfAModelWithState_LeavesTheStateOut()
    {
        using var bench = Bench();

        var signature = bench.Inference.Describe("a", null).Signature;

        Assert.Equal(["x"], signature.Inputs.Select(i => i.Name));
        Assert.Equal(["y"], signature.Outputs.Select(o => o.Name));
    }

    [Fact]
    public async Task Infer_WaitingRequestsOfDifferentSequences_ShareARun()
    {
        using var bench = Bench();
        bench.Backend.Close();
        var first = Send(bench, 1L, 1, starts: true);
        bench.Backend.AwaitStart();

        var others = Enumerable.Range(2, 31).Select(id => Send(bench, (long)id, id, starts: true)).ToList();
        bench.Backend.Open();
        await Patience.Wait(Task.WhenAll([first, .. others]));

        Assert.Equal([[1, 1], [31, 1]], bench.Backend.Runs);
        Assert.Equal(Enumerable.Range(2, 31).Select(i => (float)i), others.Select(o => o.GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Infer_RequestsThatAreSentWithoutWaiting_RunInTheirOrder()
    {
        using var bench = Bench();
        bench.Backend.Close();

        var answers = Enumerable.Range(0, 20).Select(i => Send(bench, "s", 1 << i, starts: i == 0)).ToList();
        bench.Backend.Open();
        var sums = await Patience.Wait(Task.WhenAll(answers));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => (float)((2 << i) - 1)), sums);
    }

    [Fact]
    public async Task Infer_CallerWhoLeavesWhileItRuns_ChangesNothing()
    {
        using var bench = Bench();
        using var leaving = new CancellationTokenSource();
        await Send(bench, 1L, 1, starts: true);
        bench.Backend.Forget();
        bench.Backend.Close();
        var left = Send(bench, 1L, 100, cancellation: leaving.Token);
        bench.Backend.AwaitStart();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(left));
        var next = Send(bench, 1L, 2);
        bench.Backend.Open();

        Assert.Equal(3, await Patience.Wait(next));
    }

    [Fact]
    public async Task Infer_CallerWhoLeavesWhileAnotherRuns_LetsLaterOnesGoOn()
    {
        using var bench = Bench();
        using var leaving = new CancellationTokenSource();
        bench.Backend.Close();
        var first = Send(bench, 1L, 1, starts: true);
        var left = Send(bench, 1L, 100, cancellation: leaving.Token);
        var last = Send(bench, 1L, 2);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(left));
        bench.Backend.Open();

        var answers = await Patience.Wait(Task.WhenAll(first, last));
        Assert.Equal([1f, 3], answers);
    }

    [Fact]
    public async Task Infer_DeadlineWhileAnotherRuns_IsRefused()
    {
        using var bench = Bench();
        bench.Backend.Close();
        var first = Send(bench, 1L, 1, starts: true);
        var late = Send(bench, 1L, 100, timeout: TimeSpan.FromSeconds(1));

        bench.Registry.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ServingErrorCode.DeadlineExceeded, (await Refusal(() => Patience.Wait(late))).Code);
        bench.Backend.Open();
        await Patience.Wait(first);
        Assert.Equal(3, await Patience.Wait(Send(bench, 1L, 2)));
    }

    [Fact]
    public async Task Infer_RunThatFails_LeavesTheStateBeforeIt()
    {
        using var bench = Bench();
        await Send(bench, 1L, 1, starts: true);
        bench.Backend.OnRun = () => throw new BackendException("No.");

        Assert.Equal(ServingErrorCode.InferenceFailed, (await Refusal(() => Patience.Wait(Send(bench, 1L, 100)))).Code);
        bench.Backend.OnRun = null;

        Assert.Equal(3, await Patience.Wait(Send(bench, 1L, 2)));
    }

    [Fact]
    public async Task Infer_SequenceThatNeverBegan_IsNotKept()
    {
        using var bench = Bench();
        bench.Backend.OnRun = () => throw new BackendException("No.");

        await Refusal(() => Patience.Wait(Send(bench, 1L, 1, starts: true)));

        Assert.Equal(0, Sequences(bench).Count);
    }

    [Fact]
    public async Task Infer_IdleForTooLong_IsDropped()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_idle_ms"] = 1000 });
        await Send(bench, 1L, 1, starts: true);
        bench.Registry.Time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(3, await Send(bench, 1L, 2));

        bench.Registry.Time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, Sequences(bench).Count);
        bench.Registry.Time.Advance(TimeSpan.FromMilliseconds(1100));

        Assert.Equal(0, Sequences(bench).Count);
        Assert.Contains("dropped after 1 s", (await Refusal(() => Send(bench, 1L, 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_MoreSequencesThanAreKept_AreRefusedWithRetryAfter()
    {
        using var bench = Bench(json => json["sequences"] = new JsonObject { ["max_sequences"] = 2 });
        await Send(bench, 1L, 1, starts: true);
        await Send(bench, 2L, 1, starts: true);

        var refusal = await Refusal(() => Send(bench, 3L, 1, starts: true));
        await Send(bench, 1L, 1, ends: true);

        Assert.Equal((ServingErrorCode.Overloaded, true), (refusal.Code, refusal.RetryAfter is not null));
        Assert.Equal(7, await Send(bench, 3L, 7, starts: true));
    }

    [Fact]
    public async Task Infer_StartOfASequenceThatIsThere_BeginsAgain()
    {
        using var bench = Bench();
        await Send(bench, 1L, 100, starts: true);
        float[] answers = [await Send(bench, 1L, 1, starts: true), await Send(bench, 1L, 2)];

        Assert.Equal([1f, 3], answers);
    }

    [Fact]
    public async Task Infer_NumberAndTextOfOneName_AreTwoSequences()
    {
        using var bench = Bench();
        await Send(bench, 7L, 1, starts: true);
        await Send(bench, "7", 10, starts: true);
        float[] answers = [await Send(bench, 7L, 1), await Send(bench, "7", 10)];

        Assert.Equal([2f, 20], answers);
    }

    [Fact]
    public async Task Infer_NoSequence_BeginsWithZerosAndLeavesNothing()
    {
        using var bench = Bench();
        float[] answers = [await Send(bench, null, 1), await Send(bench, 0L, 1), await Send(bench, "", 1)];

        Assert.Equal([1f, 1, 1], answers);
        Assert.Equal(0, Sequences(bench).Count);
    }

    [Fact]
    public async Task Infer_OtherNumberOfRows_IsRefused()
    {
        using var bench = Bench();
        await Send(bench, 1L, 1, starts: true);

        var refusal = await Refusal(() => bench.Infer(new TensorRequest("a", [Floats("x", [2, 1], 1, 2)]) { Parameters = Parameters(1L, false, false) }));

        Assert.StartsWith("the sequence began with 1 rows on axis 0, this request has 2", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, await Send(bench, 1L, 2));
    }

    public static TheoryData<string, string, string, long[]> BadWiring => new()
    {
        { "z", "h_out", "state names the input \"z\"", [-1, 1] },
        { "h", "z", "state names the output \"z\"", [-1, 1] },
        { "h", "h_out", "must have a fixed size on every axis but one", [-1, -1] },
    };

    [Theory]
    [MemberData(nameof(BadWiring))]
    public void Load_StateThatTheGraphHasNot_SaysWhatItHas(string input, string output, string reason, long[] shape)
    {
        using var bench = new TensorBench(Backend(shape), json => json["state"] = new JsonArray(new JsonObject { ["in"] = input, ["out"] = output }));

        Assert.Contains(reason, bench.Registry.StatusOf("a").Reason, StringComparison.Ordinal);
    }
}
