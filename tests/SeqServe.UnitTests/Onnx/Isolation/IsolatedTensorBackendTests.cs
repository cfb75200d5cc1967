using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Hosting;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Isolation;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Isolation;

public class IsolatedTensorBackendTests
{
    [Fact]
    public void Run_OnAProcess_AnswersAsTheGraphDoes()
    {
        using var graph = new IsolatedGraph(IsolatedGraph.Remainder);

        Assert.Equal([1], graph.Mod(7, 3));
        Assert.Equal(("cpu", 1, 1, true, false), (
            graph.Backend.Device, graph.Backend.Sessions, graph.Backend.PossibleRuns, graph.Backend.IsIsolated, graph.Backend.IsRecurrent));
        Assert.Equal(["a [-1] INT32", "b [-1] INT32"], graph.Backend.Signature.Inputs.Select(input => input.ToString()));
        Assert.Equal("r [-1] INT32", Assert.Single(graph.Backend.Signature.Outputs).ToString());
    }

    [Fact]
    public void Run_OfManyBytes_KeepsThem()
    {
        using var graph = new IsolatedGraph(OnnxGraph.Identity([new("x", OnnxGraph.FloatType, 0)], (new("y", OnnxGraph.FloatType, 0), "x")));
        var bytes = new byte[20 << 20];
        new Random(5).NextBytes(bytes);

        using var outputs = graph.Backend.Run([new Tensor("x", TensorDatatype.Fp32, [bytes.Length / 4], bytes)], ["y"]);

        Assert.True(outputs.Tensors[0].Data.Span.SequenceEqual(bytes));
    }

    [Fact]
    public void Run_ThatFails_LeavesTheProcess()
    {
        using var graph = new IsolatedGraph(IsolatedGraph.Remainder);
        var process = graph.ProcessId;

        var failure = Assert.Throws<BackendException>(() =>
            graph.Backend.Run([IsolatedGraph.Ints("a", 1, 2), IsolatedGraph.Ints("b", 1, 2, 3)], ["r"]));

        Assert.False(failure.EndedProcess);
        Assert.Equal([1], graph.Mod(7, 3));
        Assert.Equal(process, graph.ProcessId);
    }

    [Fact]
    public void Run_ThatEndsItsProcess_FailsAndTheNextIsAnswered()
    {
        var restarts = 0;
        using var graph = new IsolatedGraph(IsolatedGraph.Remainder, restarted: () => Interlocked.Increment(ref restarts));
        var before = graph.ProcessId;

        var failure = Assert.Throws<BackendException>(() => graph.Mod(int.MinValue, -1));

        Assert.True(failure.EndedProcess);
        Assert.Contains("signal 8", failure.CallerReason, StringComparison.Ordinal);
        Assert.Equal([1], graph.Mod(7, 3));
        Assert.NotEqual(before, graph.ProcessId);
        Assert.False(IsAlive(before));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref restarts) == 1, Patience.Limit));
    }

    [Fact]
    public void Run_AfterSomebodyHasKilledTheProcess_IsAnswered()
    {
        using var graph = new IsolatedGraph(IsolatedGraph.Remainder);

        using (var process = Process.GetProcessById(graph.ProcessId))
            process.Kill();

        Assert.Equal([1], graph.Mod(7, 3));
    }

    [Fact]
    public async Task Abort_OfARunWithoutEnd_EndsItAndTheNextIsAnswered()
    {
        using var graph = new IsolatedGraph(IsolatedGraph.Counter);
        Assert.Equal(3, graph.Count(3));
        var process = graph.ProcessId;
        var endless = Task.Run(() => graph.Count(long.MaxValue));
        Assert.True(SpinWait.SpinUntil(() => Busy(process) > TimeSpan.FromMilliseconds(1500) || endless.IsCompleted, Patience.Limit));

        graph.Backend.Abort();

        var failure = await Assert.ThrowsAsync<BackendException>(() => Patience.Wait(endless));
        Assert.True(failure.EndedProcess);
        Assert.Equal(2, graph.Count(2));
    }

    [Fact]
    public async Task Dispose_InTheMiddleOfARun_EndsRunAndProcess()
    {
        int process;
        Task<float> endless;
        using (var graph = new IsolatedGraph(IsolatedGraph.Counter))
        {
            process = graph.ProcessId;
            endless = Task.Run(() => graph.Count(long.MaxValue));
        }

        await Assert.ThrowsAsync<BackendException>(() => Patience.Wait(endless));
        Assert.False(IsAlive(process));
    }

    [Fact]
    public async Task Run_OnSeveralProcesses_DoesNotWaitForAnother()
    {
        using var graph = new IsolatedGraph(IsolatedGraph.Counter, processes: 2);
        Assert.Equal((2, 2, 2), (graph.Backend.Sessions, graph.Backend.ConcurrentRuns, graph.Backend.PossibleRuns));
        var endless = Task.Run(() => graph.Count(long.MaxValue));

        Assert.Equal(5, await Patience.Wait(Task.Run(() => graph.Count(5))));

        Assert.False(endless.IsCompleted);
        graph.Backend.Abort();
        await Assert.ThrowsAsync<BackendException>(() => Patience.Wait(endless));
    }

    [Fact]
    public void Open_OfWhatIsNoGraph_SaysWhyWithoutAPath()
    {
        var failure = Assert.Throws<BackendException>(() => new IsolatedGraph([1, 2, 3]).Dispose());

        Assert.Contains("model.onnx cannot be opened", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/", failure.Message, StringComparison.Ordinal);
    }

    // A program that is not there, one that ends at once, one that answers what is no message, and one that answers with the question.
    [Theory]
    [InlineData("seqserve-no-such-program", "", "cannot be started")]
    [InlineData("sh", "exit 3", "exit code 3")]
    [InlineData("sh", "kill -SEGV $$", "signal 11")]
    [InlineData("sh", "echo hello hello hello; exec cat >&2", "cannot be read")]
    [InlineData("sh", "exec cat", "cannot be read")]
    public void Open_ByAProgramThatIsNone_SaysWhatItDid(string program, string script, string reason)
    {
        var failure = Assert.Throws<BackendException>(
            () => new IsolatedGraph(IsolatedGraph.Remainder, launch: new WorkerLaunch(program, ["-c", script])).Dispose());

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ByAProgramThatNeverAnswers_EndsAtItsLimit()
    {
        var launch = new WorkerLaunch("sh", ["-c", "exec sleep 600"]) { StartLimit = TimeSpan.FromMilliseconds(50) };

        var failure = Assert.Throws<BackendException>(() => new IsolatedGraph(IsolatedGraph.Remainder, launch: launch).Dispose());

        Assert.Contains("for which it has 0.05 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhileTheProcessCannotBeStarted_FailsAtOnceUntilItCan()
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write("worker.sh", "exec \"$@\"");
        var own = WorkerCommand.Launch();
        using var graph = new IsolatedGraph(IsolatedGraph.Remainder, launch: new WorkerLaunch("sh", [script, own.Program, .. own.Arguments]));
        using var notified = new SemaphoreSlim(0);
        graph.Backend.WhenMoreRuns(() => notified.Release());
        Assert.Equal([1], graph.Mod(7, 3));

        folder.Write("worker.sh", "exit 3");
        Assert.Throws<BackendException>(() => graph.Mod(int.MinValue, -1));

        // The batcher is to send the next request, which then learns why there is no answer.
        Patience.Wait(notified);
        Assert.Equal(1, graph.Backend.PossibleRuns);
        var refused = Assert.Throws<BackendException>(() => graph.Mod(7, 3));
        Assert.Equal(RestartDelay.Longest, refused.RetryAfter);
        Assert.Contains("exit code 3", refused.CallerReason, StringComparison.Ordinal);

        folder.Write("worker.sh", "exec \"$@\"");
        Assert.True(SpinWait.SpinUntil(() => TryMod(graph), Patience.Limit));
    }

    [Fact]
    public void Run_BehindAProcessThatEndsAgainAndAgain_IsRefusedAtOnceUntilItIsBack()
    {
        var time = new FakeTimeProvider();
        using var graph = new IsolatedGraph(IsolatedGraph.Remainder, time: time);
        // Its pauses are 0, 0.1, 0.2 and 0.4 s.
        for (var end = 0; end < 4; end++)
        {
            Assert.Equal([1], graph.Mod(7, 3));
            Assert.Throws<BackendException>(() => graph.Mod(int.MinValue, -1));
            if (end < 3)
                time.Advance(TimeSpan.FromSeconds(0.25));
        }

        Assert.Equal(1, graph.Backend.PossibleRuns);
        var refused = Assert.Throws<BackendException>(() => graph.Mod(7, 3));

        Assert.NotNull(refused.RetryAfter);
        Assert.Contains("ended several times", refused.CallerReason, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(SpinWait.SpinUntil(() => TryMod(graph), Patience.Limit));
    }

    [Fact]
    public void Process_ThatWritesToStandardError_IsHeardInTheLog()
    {
        var lines = new ConcurrentQueue<string>();
        var own = WorkerCommand.Launch();
        var launch = new WorkerLaunch("sh", ["-c", "echo to standard error >&2; exec \"$@\"", "sh", own.Program, .. own.Arguments]);

        using (var graph = new IsolatedGraph(IsolatedGraph.Remainder, launch: launch, logger: new FakeLogger<WorkerPool>(lines.Enqueue)))
            Assert.Equal([1], graph.Mod(7, 3));

        Assert.Contains(lines, line => line.Contains("Model test version 1, process ", StringComparison.Ordinal)
            && line.Contains("to standard error", StringComparison.Ordinal));
    }

    private static bool TryMod(IsolatedGraph graph)
    {
        try
        {
            return graph.Mod(7, 3) is [1];
        }
        catch (BackendException)
        {
            return false;
        }
    }

    private static TimeSpan Busy(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    private static bool IsAlive(int id)
    {
        try
        {
            Process.GetProcessById(id).Dispose();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
