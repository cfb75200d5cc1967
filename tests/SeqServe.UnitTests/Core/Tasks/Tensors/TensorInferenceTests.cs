using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Compute;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

public sealed class TensorInferenceTests
{
    [Fact]
    public async Task Infer_OneRequest_GivesTheGraphsAnswerAndFreesItWhenDisposed()
    {
        using var bench = new TensorBench();

        using (var response = await Patience.Wait(bench.Infer(Floats("x", [2, 2], 1, 2, 3, 4))))
        {
            Assert.Equal(("a", 1, 1), (response.Model, response.Version, response.Timings.BatchSize));
            Assert.Equal([2f, 3, 4, 5], Values(Assert.Single(response.Outputs)));
            Assert.Equal((1, 1), (bench.Backend.Outstanding, bench.Observed.Model!.InFlight));
        }

        Assert.Equal((0, 0), (bench.Backend.Outstanding, bench.Observed.Model!.InFlight));
    }

    [Fact]
    public async Task Infer_EqualShapesThatWait_ShareARunAndGetTheirOwnRows()
    {
        using var bench = new TensorBench();
        bench.Backend.Close();
        var first = bench.Infer(Floats("x", [1, 2], 0, 0));
        bench.Backend.AwaitStart();

        var waiting = Enumerable.Range(1, 5).Select(i => bench.Infer(Floats("x", [1, 2], i, 10 * i))).ToList();
        var other = bench.Infer(Floats("x", [2, 2], 7, 7, 8, 8));
        bench.Backend.Open();
        await Patience.Wait(Task.WhenAll([first, other, .. waiting]));

        Assert.Equal([[1, 2], [5, 2], [2, 2]], bench.Backend.Runs);
        Assert.All(
            waiting.Select((w, i) => (Answer: w, Row: i + 1)),
            w => Assert.Equal([w.Row + 1f, (10f * w.Row) + 1], Values(w.Answer.GetAwaiter().GetResult().Outputs[0])));
        var others = Values((await other).Outputs[0]);
        Assert.Equal([8f, 8, 9, 9], others);
    }

    [Fact]
    public async Task Infer_GraphWhoseRowsDependOnEachOther_RunsEachAlone()
    {
        // The largest of the whole batch goes into every row.
        var backend = new FakeTensorBackend();
        backend.Answer = inputs =>
        {
            var values = Values(inputs[0]);
            return [Floats("y", [.. inputs[0].Shape], [.. values.Select(_ => values.Max())])];
        };
        using var bench = new TensorBench(backend);
        backend.Close();

        var answers = Enumerable.Range(0, 3).Select(i => bench.Infer(Floats("x", [1, 2], i, i))).ToList();
        backend.Open();
        await Patience.Wait(Task.WhenAll(answers));

        Assert.Equal([[1, 2], [1, 2], [1, 2]], backend.Runs);
        Assert.Equal([0f, 1, 2], answers.Select(a => Values(a.GetAwaiter().GetResult().Outputs[0])[0]));
    }

    [Fact]
    public async Task Infer_BatchWithARequestThatTheGraphCannotTake_FailsThatOneAlone()
    {
        var backend = new FakeTensorBackend();
        var addOne = backend.Answer;
        backend.Answer = inputs => Values(inputs[0]).Contains(-1) ? throw new BackendException("No.") : addOne(inputs);
        using var bench = new TensorBench(backend);
        backend.Close();
        var first = bench.Infer(Floats("x", [1, 2], 0, 0));
        backend.AwaitStart();

        var good = bench.Infer(Floats("x", [1, 2], 1, 1));
        var bad = bench.Infer(Floats("x", [1, 2], -1, -1));
        backend.Open();

        Assert.Equal(ServingErrorCode.InferenceFailed, (await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bad))).Code);
        var answer = Values((await Patience.Wait(good)).Outputs[0]);
        Assert.Equal([2f, 2], answer);
        (await first).Dispose();
        (await good).Dispose();
        Assert.Equal(0, backend.Outstanding);
    }

    [Fact]
    public async Task Infer_WithoutADeadline_IsEndedWhenItsCallerLeaves()
    {
        using var bench = new TensorBench();
        using var leaving = new CancellationTokenSource();
        using var ended = new ManualResetEventSlim();
        bench.Backend.OnRun = () =>
        {
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            Patience.Wait(ended);
            throw new BackendException("Terminated.");
        };
        // On its caller's own thread where runs are known to be short: nobody else could end its wait.
        var left = Task.Run(() => bench.Infer(new TensorRequest("a", [Floats("x", [1, 2], 0, 0)]), leaving.Token));
        bench.Backend.AwaitStart();
        await leaving.CancelAsync();

        Assert.True(SpinWait.SpinUntil(() => ended.Wait(TimeSpan.FromMilliseconds(20)), Patience.Limit));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(left));
    }

    [Fact]
    public async Task Infer_CallerWhoLeavesWhileItRuns_LeavesNoOutputBehind()
    {
        using var bench = new TensorBench();
        using var leaving = new CancellationTokenSource();
        bench.Backend.Close();
        var left = bench.Infer(new TensorRequest("a", [Floats("x", [1, 2], 0, 0)]), leaving.Token);
        bench.Backend.AwaitStart();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(left));
        bench.Backend.Open();
        (await Patience.Wait(bench.Infer(Floats("x", [1, 2], 0, 0)))).Dispose();

        Assert.Equal(0, bench.Backend.Outstanding);
    }

    public static TheoryData<string, Tensor[]> Unfit => new()
    {
        { "input \"z\": is unknown; the graph takes x [-1,2] FP32", [Floats("z", [1, 2], 0, 0)] },
        { "An input is missing: x [-1,2] FP32", [] },
        { "input \"x\": is given twice", [Floats("x", [1, 2], 0, 0), Floats("x", [1, 2], 0, 0)] },
        { "input \"x\": is INT64, the graph takes FP32", [Longs("x", [1, 2], 0, 0)] },
        { "input \"x\": has the shape [2], the graph takes [-1,2]", [Floats("x", [2], 0, 0)] },
        { "input \"x\": has the shape [1,3], the graph takes [-1,2]", [Floats("x", [1, 3], 0, 0, 0)] },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task Infer_InputsThatTheGraphDoesNotTake_AreRefusedWithWhatItTakes(string message, Tensor[] inputs)
    {
        using var bench = new TensorBench();

        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Infer(inputs));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Backend.Runs);
        Assert.Equal(0, bench.Observed.Model!.InFlight);
    }

    [Fact]
    public async Task Infer_OutputThatThereIsNot_IsRefusedWithThoseThereAre()
    {
        using var bench = new TensorBench();

        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Infer(new TensorRequest("a", [Floats("x", [1, 2], 0, 0)]) { Outputs = ["z"] }));

        Assert.Equal("output \"z\": is unknown; the outputs are y", refusal.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Infer_NoRows_IsRefusedByARecurrentGraphOnly(bool isRecurrent)
    {
        using var bench = new TensorBench(new FakeTensorBackend { IsRecurrent = isRecurrent });
        var answer = bench.Infer(Floats("x", [0, 2]));

        if (isRecurrent)
            Assert.Contains("recurrent graph", (await Assert.ThrowsAsync<ServingException>(() => answer)).Message, StringComparison.Ordinal);
        else
            Assert.Equal([0L, 2], (await Patience.Wait(answer)).Outputs[0].Shape);
    }

    [Fact]
    public async Task Infer_TruthValueThatIsNone_IsRefused()
    {
        using var bench = new TensorBench(new FakeTensorBackend
        {
            Signature = new TensorSignature([new TensorSpec("b", TensorDatatype.Bool, [-1])], [new TensorSpec("b", TensorDatatype.Bool, [-1])]),
            Answer = inputs => inputs,
        });

        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Infer(new Tensor("b", TensorDatatype.Bool, [3], new byte[] { 1, 0, 2 })));

        Assert.Equal("input \"b\": element 2 is the byte 2; truth values are 0 or 1", refusal.Message);
    }

    [Fact]
    public async Task Infer_FullQueue_IsRefusedWithTheTimeOfARetry()
    {
        using var bench = new TensorBench(manifest: json => json["batching"] = new JsonObject { ["queue_capacity"] = 1 });
        bench.Backend.Close();
        var running = bench.Infer(Floats("x", [1, 2], 0, 0));
        bench.Backend.AwaitStart();
        var waiting = bench.Infer(Floats("x", [1, 2], 0, 0));

        Assert.Equal(ServingErrorCode.Overloaded, Assert.Throws<ServingException>(() => bench.Inference.EnsureRoom("a", null)).Code);
        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Infer(Floats("x", [1, 2], 0, 0)));

        Assert.Equal(ServingErrorCode.Overloaded, refusal.Code);
        Assert.NotNull(refusal.RetryAfter);
        bench.Backend.Open();
        await Patience.Wait(Task.WhenAll(running, waiting));
    }

    [Fact]
    public async Task Infer_Tensors_AddNoTokensToTheMetrics()
    {
        using var bench = new TensorBench();
        long tokens = 0, runs = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == bench.Registry.Meters)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            tokens += instrument.Name.StartsWith("seqserve.tokens.", StringComparison.Ordinal) || instrument.Name == "seqserve.queue.tokens" ? value : 0;
            runs += instrument.Name == "seqserve.runs" ? value : 0;
        });
        listener.Start();
        bench.Backend.Close();
        var running = bench.Infer(Floats("x", [1024, 2], new float[2048]));
        bench.Backend.AwaitStart();
        var waiting = bench.Infer(Floats("x", [1024, 2], new float[2048]));

        listener.RecordObservableInstruments();
        bench.Backend.Open();
        await Patience.Wait(Task.WhenAll(running, waiting));

        Assert.Equal((0, 2), (tokens, runs));
    }

    [Fact]
    public async Task Infer_ModelThatIsUnloadedMeanwhile_LivesUntilTheAnswerIsWritten()
    {
        using var bench = new TensorBench();
        var response = await Patience.Wait(bench.Infer(Floats("x", [1, 2], 0, 0)));

        var unloaded = await Patience.Wait(bench.Registry.Lifecycle.UnloadAsync("a"));
        await bench.Registry.RetiredAsync();

        Assert.Equal((false, 0), (unloaded.IsCompleted, bench.Backend.Disposals));
        response.Dispose();
        await Patience.Wait(unloaded);
        Assert.Equal(1, bench.Backend.Disposals);
    }

    [Fact]
    public async Task Infer_UnknownModel_IsNotFound()
    {
        using var bench = new TensorBench();

        foreach (var request in new[] { new TensorRequest("b", []), new TensorRequest("a", []) { Version = 2 } })
            Assert.Equal(ServingErrorCode.ModelNotFound, (await Assert.ThrowsAsync<ServingException>(() => bench.Infer(request))).Code);
    }
}
