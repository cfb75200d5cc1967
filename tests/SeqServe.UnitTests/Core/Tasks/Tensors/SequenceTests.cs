using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>A graph whose state is the sum of all that a sequence has sent: <c>y = h_out = x + h</c>.</summary>
public sealed class SequenceTests
{
    private static readonly TensorSpec s_x = new("x", TensorDatatype.Fp32, [-1, 1]);

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
    public async Task Infer_CallerWhoLeavesWhileAnotherHasTheTurn_LetsThoseBehindGoOn()
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
    public async Task Infer_DeadlineWhileAnotherHasTheTurn_IsTold()
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
    public async Task Infer_MoreSequencesThanAreKept_AreToldToComeBack()
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
    public async Task Infer_StartOfASequenceThatIsThere_BeginsAnew()
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

    public static TheoryData<string, string, string, long[]> BadWiring => new()
    {
        { "z", "h_out", "state names the input \"z\"", [-1, 1] },
        { "h", "z", "state names the output \"z\"", [-1, 1] },
        { "h", "h_out", "must have a fixed size on every axis but the first", [-1, -1] },
    };

    [Theory]
    [MemberData(nameof(BadWiring))]
    public void Load_StateThatTheGraphHasNot_SaysWhatItHas(string input, string output, string reason, long[] shape)
    {
        using var bench = new TensorBench(Backend(shape), json => json["state"] = new JsonArray(new JsonObject { ["in"] = input, ["out"] = output }));

        Assert.Contains(reason, bench.Registry.StatusOf("a").Reason, StringComparison.Ordinal);
    }

    private static TensorBench Bench(Action<JsonObject>? edit = null) => new(Backend([-1, 1]), json =>
    {
        json["state"] = new JsonArray(new JsonObject { ["in"] = "h", ["out"] = "h_out" });
        edit?.Invoke(json);
    });

    private static FakeTensorBackend Backend(long[] state, long[]? x = null) => new()
    {
        Signature = new TensorSignature([x is null ? s_x : s_x with { Shape = x }, new TensorSpec("h", TensorDatatype.Fp32, state)], [new TensorSpec("y", TensorDatatype.Fp32, [-1, 1]), new TensorSpec("h_out", TensorDatatype.Fp32, state)]),
        Answer = inputs =>
        {
            var sums = Values(inputs.Single(i => i.Name == "x")).Zip(Values(inputs.Single(i => i.Name == "h")), (x, h) => x + h).ToArray();
            return [Floats("y", [.. inputs[0].Shape], sums), Floats("h_out", [.. inputs[0].Shape], sums)];
        },
    };

    private static async Task<float> Send(TensorBench bench, object? id, float x, bool starts = false, bool ends = false, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var request = new TensorRequest("a", [Floats("x", [1, 1], x)]) { Parameters = Parameters(id, starts, ends), Timeout = timeout };
        using var response = await bench.Infer(request, cancellation);
        return Values(Assert.Single(response.Outputs))[0];
    }

    private static TensorParameters Parameters(object? id, bool starts, bool ends)
    {
        var values = new Dictionary<string, object> { ["sequence_start"] = starts, ["sequence_end"] = ends };
        if (id is not null)
            values["sequence_id"] = id;
        return new TensorParameters(values);
    }

    private static SeqServe.Core.Graphs.TensorSequences Sequences(TensorBench bench)
    {
        using var lease = bench.Registry.Registry.Acquire("a", null);
        return lease.Model.Graphs.Main!.Sequences!;
    }

    private static Task<ServingException> Refusal(Func<Task> act) => Assert.ThrowsAsync<ServingException>(act);
}
