using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>What a request may cost, and values that a graph cannot take.</summary>
public sealed class TensorPriceTests
{
    [Fact]
    public async Task Infer_ValuesThatAKernelRefuses_AreTheCallersFaultAndNameTheInput()
    {
        var backend = new FakeTensorBackend();
        using var bench = new TensorBench(backend);
        backend.Answer = _ => throw new BackendException("/secret/model.onnx: no.") { InputFault = "node Gather cannot take these values: 10 is too large" };

        var refusal = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Infer(Floats("x", [1, 2], 10, 0))));

        Assert.Equal(
            (ServingErrorCode.InvalidRequest, "input \"x\" [1,2]: node Gather cannot take these values: 10 is too large"), (refusal.Code, refusal.Message));
        Assert.DoesNotContain(bench.Registry.Log.Collector.GetSnapshot(), line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Infer_ValuesOfOneOfSeveralInputs_NamesThatOne()
    {
        var spec = new TensorSpec("x", TensorDatatype.Fp32, [-1, 2]);
        var backend = new FakeTensorBackend { Signature = new TensorSignature([spec, spec with { Name = "ids" }], [spec with { Name = "y" }]) };
        using var bench = new TensorBench(backend);
        backend.Answer = _ => throw new BackendException("No.") { InputFault = "node Gather cannot take these values", InputsAtFault = ["ids", "gone"] };

        var refusal = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Infer(Floats("x", [1, 2], 1, 0), Floats("ids", [1, 2], 9, 0))));

        Assert.Equal("input \"ids\" [1,2]: node Gather cannot take these values", refusal.Message);
    }

    [Fact]
    public async Task Infer_WhileOthersTakeTheMemory_IsToldToRetry()
    {
        var backend = new FakeTensorBackend();
        using var bench = new TensorBench(backend);
        backend.Answer = _ => throw new BackendException("No memory.") { IsMemoryTaken = true };

        var refusal = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Infer(Floats("x", [1, 2], 0, 0))));

        Assert.Equal(ServingErrorCode.Overloaded, refusal.Code);
        Assert.NotNull(refusal.RetryAfter);
    }

    [Fact]
    public async Task Infer_OutputsLargerThanAnAnswerMayBe_AreRefusedAndFreed()
    {
        var backend = new FakeTensorBackend();
        using var bench = new TensorBench(backend);
        var limit = new TensorLimits().MaxOutputBytes;
        // What is handed out is never written, and so takes no memory.
        var large = new byte[limit + 4];
        backend.Answer = _ => [new Tensor("y", TensorDatatype.Fp32, [large.Length / 4], large)];

        var refusal = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Infer(Floats("x", [1, 2], 0, 0))));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("the limit is 268,435,456", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, backend.Outstanding);
    }

    [Fact]
    public async Task Infer_MoreElementsThanARequestMayHave_IsRefusedBeforeItRuns()
    {
        var backend = new FakeTensorBackend
        {
            Signature = new([new TensorSpec("x", TensorDatatype.Fp32, [-1, -1])], [new TensorSpec("y", TensorDatatype.Fp32, [-1])]),
        };
        using var bench = new TensorBench(backend);

        // Without an element, and a sum over axis 1 would have 2^30.
        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Infer(Floats("x", [1 << 30, 0])));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("the limit is 16777216", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(backend.Runs);
    }

    [Theory]
    [InlineData(new[] { 7L, long.MinValue }, new[] { -1L, -1 }, "at element 1")]
    [InlineData(new[] { 7L, long.MinValue }, new[] { -1L, 3 }, null)]
    [InlineData(new[] { long.MinValue }, new[] { 2L, 3, -1 }, "at element 2")]
    [InlineData(new[] { 1L, long.MinValue, 2 }, new[] { -1L }, "at element 1")]
    [InlineData(new[] { 1L, long.MinValue, 2 }, new[] { 0L }, null)]
    [InlineData(new long[] { }, new long[] { }, null)]
    public async Task Infer_TheSmallestNumberDividedByMinusOne_IsRefusedBeforeItRuns(long[] dividends, long[] divisors, string? fault)
    {
        var backend = new FakeTensorBackend
        {
            Signature = new(
                [new TensorSpec("a", TensorDatatype.Int64, [-1]), new TensorSpec("b", TensorDatatype.Int64, [-1])],
                [new TensorSpec("y", TensorDatatype.Int64, [-1])]),
            Divisions = [new InputDivision("a", "b")],
            Answer = _ => [Longs("y", [0])],
        };
        using var bench = new TensorBench(backend);

        var refusal = await Record.ExceptionAsync(
            () => Patience.Wait(bench.Infer(Longs("a", [dividends.Length], dividends), Longs("b", [divisors.Length], divisors))));

        Assert.Equal(fault is null, refusal is null);
        Assert.Contains(fault ?? "", refusal?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(fault is null ? 1 : 0, backend.Runs.Count);
    }
}
