using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Backends;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Graphs;

public class TensorProbeTests
{
    private const int Columns = 4;

    private static readonly FakeTimeProvider s_time = new();

    private static readonly TensorSpec s_x = new("x", TensorDatatype.Fp32, [-1, Columns]);
    private static readonly TensorSpec s_n = new("n", TensorDatatype.Int64, [-1, -1]);

    [Fact]
    public void Judge_RowsOfThemselves_AreBatched() => Assert.Equal(RowVerdict.Batched, JudgeReals((rows, row) => rows[row].Select(v => v * 3)));

    [Fact]
    public void Judge_RowsThatAreNoNumbers_AreBatched() => Assert.True(JudgeReals((rows, row) => rows[row].Select(v => MathF.Sqrt(v))).IsBatched);

    [Fact]
    public void Judge_ARowWithTheLargestOfAll_IsAlone() =>
        Assert.False(JudgeReals((rows, row) => rows[row].Select(v => v / Finite(rows).Max(Math.Abs))).IsBatched);

    [Fact]
    public void Judge_ARowWithTheSmallestOfAll_IsAlone() =>
        Assert.False(JudgeReals((rows, row) => rows[row].Select(v => v + Finite(rows).Min(Math.Abs))).IsBatched);

    [Fact]
    public void Judge_AnEffectOfOneBit_IsAlone() =>
        Assert.False(JudgeReals((rows, row) => rows[row].Select(v => Finite(rows).Sum() > 0 ? MathF.BitIncrement(v) : v)).IsBatched);

    [Fact]
    public void Judge_AnEffectOfHugeNeighboursOnly_IsAlone() =>
        Assert.False(JudgeReals((rows, row) => rows[row].Select(v => Finite(rows).Any(n => Math.Abs(n) > 1e6f) ? v + 1 : v)).IsBatched);

    [Fact]
    public void Judge_WhatIsNoNumberInAnotherRow_IsAlone() =>
        Assert.False(JudgeReals((rows, row) => rows[row].Select(v => rows.Any(r => r.Any(float.IsNaN)) ? 0 : v)).IsBatched);

    [Fact]
    public void Judge_ARowByItsPlace_IsAlone() => Assert.False(JudgeReals((rows, row) => rows[row].Select(v => v + row)).IsBatched);

    [Fact]
    public void Judge_ARowDividedByTheNumberOfRows_IsAlone() => Assert.False(JudgeReals((rows, row) => rows[row].Select(v => v / rows.Length)).IsBatched);

    [Fact]
    public void Judge_AnotherOrderOfSums_IsBatched() => Assert.True(JudgeReals((rows, row) => rows[row].Select(v => v + (rows.Length * 1e-6f))).IsBatched);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Judge_WholeNumbersOfOthers_AreAloneInBothDirections(bool larger) =>
        Assert.False(JudgeWholes((rows, row) => rows[row].Select(v => v + (larger ? rows.Max(r => r.Max()) : rows.Min(r => r.Min())))).IsBatched);

    [Fact]
    public void Judge_RowsCutToTheLongest_AreAlone()
    {
        var verdict = JudgeWholes((rows, row) => rows[row].Take((int)Math.Min(rows[row].Length, rows.Max(r => r[0]))));

        Assert.Equal("Requests are run one by one: a trial at load gave a row another answer in a batch than alone.", verdict.Reason);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(512)]
    public void Judge_AGraphThatNeedsALength_IsTriedWithIt(int least) =>
        Assert.True(JudgeWholes((rows, row) => rows[row].Length >= least ? rows[row] : throw new BackendException("short")).IsBatched);

    [Fact]
    public void Judge_AnEffectOfLongRowsOnly_IsAlone() =>
        Assert.False(JudgeWholes((rows, row) => rows[row].Select(v => rows[row].Length > 8 ? v + rows.Sum(r => r.Sum()) : v)).IsBatched);

    [Fact]
    public void Judge_AGraphThatTakesSmallNumbersOnly_IsTriedWithThese() =>
        Assert.True(JudgeWholes((rows, row) => rows.All(r => r.All(v => v is 1 or 2)) ? rows[row] : throw new BackendException("range")).IsBatched);

    [Fact]
    public void Judge_AGraphThatTakesNothing_SaysSo()
    {
        var verdict = JudgeWholes((_, _) => throw new BackendException("never"));

        Assert.False(verdict.IsBatched);
        Assert.Contains("took none of the values", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_AGraphWhoseReadingFindsRowsMixed_IsRunOnceAndAlone()
    {
        using var backend = new FakeTensorBackend { MixesRows = "DynamicQuantizeLinear takes its scale over all rows" };

        Assert.Equal("Requests are run one by one: DynamicQuantizeLinear takes its scale over all rows.", TensorProbe.Judge(backend, s_time).Reason);
        Assert.Single(backend.Runs);
    }

    [Fact]
    public void Judge_AGraphThatTakesOneRowOnly_IsAlone()
    {
        var verdict = JudgeWholes((rows, row) => rows.Length == 1 ? rows[row] : throw new BackendException("one"));

        Assert.Equal("Requests are run one by one: a trial at load gave a row no answer in a batch.", verdict.Reason);
    }

    [Fact]
    public void Judge_ASlowGraph_IsTriedAmongFewNeighboursOnly()
    {
        var time = new FakeTimeProvider();
        using var backend = new FakeTensorBackend { OnRun = () => time.Advance(TimeSpan.FromSeconds(5)) };

        Assert.True(TensorProbe.Judge(backend, time).IsBatched);
        Assert.Equal([1, 1, 3, 3], backend.Runs.Select(shape => shape[0]));
    }

    [Fact]
    public void Judge_AFixedBatch_NamesTheTensor()
    {
        var x = new TensorSpec("x", TensorDatatype.Fp32, [1, 2]);
        using var backend = new FakeTensorBackend { Signature = new([x], [x with { Name = "y" }]) };

        Assert.Contains("axis 0 of x [1,2]", TensorProbe.Judge(backend, s_time).Reason, StringComparison.Ordinal);
        Assert.Single(backend.Runs);
    }

    private static IEnumerable<float> Finite(float[][] rows) => rows.SelectMany(r => r).Where(float.IsFinite);

    private static RowVerdict JudgeReals(Func<float[][], int, IEnumerable<float>> answer) => Judge(s_x, answer);

    private static RowVerdict JudgeWholes(Func<long[][], int, IEnumerable<long>> answer) => Judge(s_n, answer);

    private static RowVerdict Judge<T>(TensorSpec input, Func<T[][], int, IEnumerable<T>> answer)
        where T : unmanaged
    {
        using var backend = new FakeTensorBackend
        {
            Signature = new([input], [input with { Name = "y", Shape = [-1, -1] }]),
            Answer = inputs =>
            {
                var all = MemoryMarshal.Cast<byte, T>(inputs[0].Data.Span).ToArray();
                var rows = all.Chunk(all.Length / (int)inputs[0].Shape[0]).ToArray();
                var answers = rows.Select((_, row) => answer(rows, row).ToArray()).ToArray();
                return [new Tensor("y", input.Datatype, [rows.Length, answers[0].Length], MemoryMarshal.AsBytes<T>([.. answers.SelectMany(a => a)]).ToArray())];
            },
        };
        var verdict = TensorProbe.Judge(backend, s_time);
        Assert.Equal(0, backend.Outstanding);
        return verdict;
    }
}
