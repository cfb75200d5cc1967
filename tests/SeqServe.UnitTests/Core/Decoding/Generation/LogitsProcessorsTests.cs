using SeqServe.Core.Decoding.Generation;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

public class LogitsProcessorsTests
{
    private const float None = float.NegativeInfinity;
    private static readonly GenerationSettings s_plain = new() { DecoderStartId = 0, EndIds = [3] };

    [Fact]
    public void Process_NoSettings_LeavesScores()
    {
        Assert.True(new LogitsProcessors(s_plain).IsEmpty);
        Assert.Equal([1, 2, 3, 4], Processed(s_plain, [0, 1, 1]));
    }

    [Fact]
    public void Process_LeastLengthWithoutEnd_LeavesScores() =>
        Assert.True(new LogitsProcessors(s_plain with { EndIds = [], MinLength = 3 }).IsEmpty);

    [Fact]
    public void Process_MinLength_CountsTheStart()
    {
        Assert.Equal([1, 2, 3, None], Processed(s_plain with { MinLength = 3 }, [0, 1]));
        Assert.Equal([1, 2, 3, 4], Processed(s_plain with { MinLength = 3 }, [0, 1, 1]));
    }

    [Fact]
    public void Process_MinNewTokens_DoesNotCountTheStart()
    {
        Assert.Equal([1, 2, 3, None], Processed(s_plain with { MinNewTokens = 3, MinLength = 1 }, [0, 1, 1]));
        Assert.Equal([1, 2, 3, 4], Processed(s_plain with { MinNewTokens = 2, MinLength = 9 }, [0, 1, 1]));
    }

    [Fact]
    public void Process_ForcedBegin_OverrulesBadWordsAndLeastLength() =>
        Assert.Equal([None, None, None, 0], Processed(s_plain with { ForcedBegin = 3, BadWords = [[3], [2]], MinLength = 5 }, [0]));

    [Fact]
    public void Process_ForcedEnd_OverrulesForcedBegin() =>
        Assert.Equal([None, 0, None, None], Processed(s_plain with { ForcedBegin = 3, ForcedEnd = [1], MaxLength = 2 }, [0]));

    [Fact]
    public void Process_ForcedEnd_ComesAsTheLastToken()
    {
        var settings = s_plain with { ForcedEnd = [3], MaxNewTokens = 2, MaxLength = 9 };

        Assert.Equal([1, 2, 3, 4], Processed(settings, [0]));
        Assert.Equal([None, None, None, 0], Processed(settings, [0, 1]));
    }

    [Fact]
    public void Process_SuppressedTokens_OverruleForcedOnes() =>
        Assert.Equal([None, None, None, None], Processed(s_plain with { ForcedBegin = 1, SuppressTokens = [1] }, [0]));

    [Fact]
    public void Process_RepetitionPenalty_ComesBeforeWhatForbids() =>
        Assert.Equal([0.5f, None, 3, 4], Processed(s_plain with { RepetitionPenalty = 2, NoRepeatNgramSize = 2 }, [0, 1, 0]));

    [Fact]
    public void Process_BeginSuppressTokens_AreForbiddenAtTheFirstFreeToken()
    {
        var free = s_plain with { BeginSuppressTokens = [2] };
        var forced = free with { ForcedBegin = 2 };

        Assert.Equal([1, 2, None, 4], Processed(free, [0]));
        Assert.Equal([1, 2, 3, 4], Processed(free, [0, 1]));
        Assert.Equal([None, None, 0, None], Processed(forced, [0]));
        Assert.Equal([1, 2, None, 4], Processed(forced, [0, 2]));
        Assert.Equal([1, 2, 3, 4], Processed(forced, [0, 2, 1]));
    }

    private static float[] Processed(GenerationSettings settings, int[] context)
    {
        float[] scores = [1, 2, 3, 4];
        new LogitsProcessors(settings).Process(context, scores);
        return scores;
    }
}
