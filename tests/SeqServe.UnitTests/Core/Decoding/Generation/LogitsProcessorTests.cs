using SeqServe.Core.Decoding.Generation;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

public class LogitsProcessorTests
{
    private const float None = float.NegativeInfinity;

    [Fact]
    public void RepetitionPenalty_TokensOfTheContext_ArePenalizedOnce() =>
        Assert.Equal([4, -2, 1, 0, 3], Processed(new RepetitionPenalty(2), [0, 1, 1, 2, 3], [8, -1, 2, 0, 3]));

    [Fact]
    public void RepetitionPenalty_OfAnImpossibleToken_StaysImpossible() =>
        Assert.Equal([None, 1], Processed(new RepetitionPenalty(0.5), [0], [None, 1]));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void RepetitionPenalty_NotAboveZero_IsRefused(double penalty) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RepetitionPenalty(penalty));

    [Theory]
    [InlineData(1, new[] { 0, 2 }, new[] { 0, 2 })]
    [InlineData(2, new[] { 1 }, new int[0])]
    [InlineData(2, new[] { 1, 3, 1, 2, 1 }, new[] { 2, 3 })]
    [InlineData(3, new[] { 1, 2, 3, 1, 2 }, new[] { 3 })]
    [InlineData(3, new[] { 1, 2, 3, 2, 1 }, new int[0])]
    [InlineData(3, new[] { 1, 1, 1 }, new[] { 1 })]
    [InlineData(3, new[] { 1, 1 }, new int[0])]
    [InlineData(4, new[] { 1 }, new int[0])]
    public void NoRepeatNgram_WhatWouldComeTwice_IsForbidden(int size, int[] context, int[] forbidden) =>
        Assert.Equal(forbidden, Forbidden(new NoRepeatNgram(size), context));

    [Theory]
    [InlineData(new[] { 0 }, new[] { 1 })]
    [InlineData(new[] { 0, 2 }, new[] { 1, 3 })]
    [InlineData(new[] { 2, 0 }, new[] { 1 })]
    [InlineData(new[] { 0, 2, 2 }, new[] { 0, 1, 3 })]
    public void BadWords_ThatWouldBeComplete_AreForbidden(int[] context, int[] forbidden) =>
        Assert.Equal(forbidden, Forbidden(new BadWords([[1], [2, 3], [2, 2, 0]], []), context));

    [Fact]
    public void BadWords_AllButTheLastOfAWholeContext_AreNotLookedAt()
    {
        Assert.Empty(Forbidden(new BadWords([[2, 3]], []), [2]));
        Assert.Equal([3], Forbidden(new BadWords([[2, 3]], []), [0, 2]));
    }

    [Fact]
    public void BadWords_AnEndIdAlone_StaysAllowed() =>
        Assert.Equal([2], Forbidden(new BadWords([[1], [2], [3, 1]], [1, 0]), [0, 0]));

    [Fact]
    public void BadWords_OfNoToken_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new BadWords([[1], []], []));

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void SuppressedTokens_InTheirLengths_AreForbidden(int length, bool forbidden) =>
        Assert.Equal(forbidden ? [0, 3] : [], Forbidden(new SuppressedTokens([3, 0], 2, 4), new int[length]));

    [Fact]
    public void SuppressedTokens_OutsideOfTheVocabulary_SayNothing() =>
        Assert.Equal([1], Forbidden(new SuppressedTokens([-1, 1, 4], 0, int.MaxValue), [0]));

    [Fact]
    public void ForcedTokens_AtTheirLength_AreAloneAndCertain()
    {
        Assert.Equal([None, 0, None, 0], Processed(new ForcedTokens([3, 1], 2), [0, 0], [5, -1, 7, None]));
        Assert.Equal([5, -1, 7, None], Processed(new ForcedTokens([3, 1], 2), [0], [5, -1, 7, None]));
        Assert.Equal([5, -1, 7, None], Processed(new ForcedTokens([3, 1], 2), [0, 0, 0], [5, -1, 7, None]));
    }

    private static float[] Processed(ILogitsProcessor processor, int[] context, float[] scores)
    {
        processor.Process(context, scores);
        return scores;
    }

    private static IEnumerable<int> Forbidden(ILogitsProcessor processor, int[] context) =>
        Processed(processor, context, [1, 2, 3, 4]).Index().Where(score => score.Item == None).Select(score => score.Index);
}
