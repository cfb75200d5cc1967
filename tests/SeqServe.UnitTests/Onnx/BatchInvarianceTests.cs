using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx;

public class BatchInvarianceTests
{
    private const float Tolerance = 1e-5f;
    private const int FirstOrdinaryId = 4;
    private static readonly int[] s_lengths = [1, 2, 3, 5, 8, 13, 24, 37, 64, 100, 128, 199, 255, 256];

    public static TheoryData<string> Shipped => [.. ShippedModelNames.Classifiers];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Run_MixedLengths_GivesEachRowItsSoloAnswer(string name)
    {
        using var model = new ShippedClassifier(name);
        var rows = Rows(model);

        AssertLikeAlone(model, rows, padId: 0);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Run_OtherNeighboursAndPadding_ChangesNothing(string name)
    {
        using var model = new ShippedClassifier(name);
        var rows = Rows(model);

        // Short rows beside short ones, long beside long, the whole reversed, and padding with the id of a word.
        AssertLikeAlone(model, rows[..5], padId: 0);
        AssertLikeAlone(model, rows[^4..], padId: FirstOrdinaryId);
        AssertLikeAlone(model, [.. rows.Reverse()], padId: model.Vocabulary - 1);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Run_MorePaddingThanNeeded_ChangesNothing(string name)
    {
        using var model = new ShippedClassifier(name);
        var rows = Rows(model)[..6];

        AssertLikeAlone(model, rows, padId: 0, time: 256);
    }

    private static void AssertLikeAlone(ShippedClassifier model, int[][] rows, int padId, int? time = null)
    {
        var together = model.Run(rows, time ?? rows.Max(r => r.Length), padId);
        for (var i = 0; i < rows.Length; i++)
        {
            var alone = model.Run([rows[i]], rows[i].Length, padId: 0)[0];
            var difference = alone.Zip(together[i], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(difference <= Tolerance, $"The row of {rows[i].Length} tokens differs by {difference:R} in the batch.");
        }
    }

    // No real text: every id may occur, so that none is special by chance.
    private static int[][] Rows(ShippedClassifier model)
    {
        var random = new Random(20260101);
        return [.. s_lengths.Select(length => Math.Min(length, model.Manifest.Limits.MaxInputTokens))
            .Select(length => Enumerable.Range(0, length).Select(_ => random.Next(FirstOrdinaryId, model.Vocabulary)).ToArray())];
    }
}
