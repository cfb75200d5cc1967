using FsCheck.Xunit;
using SeqServe.Core.Batching;

namespace SeqServe.UnitTests.Core.Batching;

public class BatchAssemblerProperties
{
    [Property(MaxTest = 500)]
    public void Assemble_AnyQueue_KeepsEveryLimit(int[] queue, byte size, ushort tokens, byte padding)
    {
        var rows = Rows(queue);
        var limits = new BatchLimits { MaxBatchSize = 1 + (size % 40), MaxBatchTokens = 1 + tokens, MaxPadding = padding % 100 / 100.0 };

        var picked = Assemble(rows, limits);

        Assert.Equal(picked.Distinct(), picked);
        Assert.DoesNotContain(picked, i => rows[i].IsCancelled);
        Assert.InRange(picked.Count, 0, limits.MaxBatchSize);
        if (picked.Count > 1)
        {
            var padded = picked.Count * picked.Max(i => rows[i].Length);
            var useful = picked.Sum(i => rows[i].Length);
            Assert.InRange(padded, 1, limits.MaxBatchTokens);
            Assert.InRange(padded - useful, 0, limits.MaxPadding * padded);
        }
    }

    [Property(MaxTest = 500)]
    public void Assemble_AnyQueue_PutsTheOldestPresentRowFirst(int[] queue, byte size, ushort tokens)
    {
        var rows = Rows(queue);

        var picked = Assemble(rows, new BatchLimits { MaxBatchSize = 1 + (size % 40), MaxBatchTokens = 1 + tokens });

        var oldest = Array.FindIndex(rows, row => !row.IsCancelled);
        Assert.Equal(oldest, picked.Count == 0 ? -1 : picked[0]);
    }

    [Property(MaxTest = 500)]
    public void Assemble_AnyQueue_LeavesNoRowThatWouldFitWithoutPadding(int[] queue, byte size)
    {
        var rows = Rows(queue);
        var limits = new BatchLimits { MaxBatchSize = 1 + (size % 40), MaxBatchTokens = 1 << 20 };

        var picked = Assemble(rows, limits);

        var likeTheOldest = picked.Count == 0
            ? []
            : Enumerable.Range(0, rows.Length).Where(i => !rows[i].IsCancelled && rows[i].Length == rows[picked[0]].Length).ToList();
        if (picked.Count < limits.MaxBatchSize)
            Assert.Empty(likeTheOldest.Except(picked));
    }

    // Negative numbers are cancelled rows.
    private static WaitingRow[] Rows(int[] queue) => Array.ConvertAll(queue, n => new WaitingRow(1 + (int)(Math.Abs((long)n) * 5 % 500), n < 0));

    private static List<int> Assemble(WaitingRow[] rows, BatchLimits limits)
    {
        var picked = new List<int>();
        Assert.Equal(TimeSpan.Zero, BatchAssembler.Assemble(rows, limits, TimeSpan.Zero, picked));
        return picked;
    }
}
