using SeqServe.Core.Decoding.Generation;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

public class GenerationSettingsTests
{
    private static readonly GenerationSettings s_plain = new() { DecoderStartId = 0 };

    // 20 is transformers' default: nobody wrote it, so it counts new tokens.
    [Theory]
    [InlineData(20, null, 21)]
    [InlineData(19, null, 19)]
    [InlineData(128, null, 128)]
    [InlineData(128, 40, 41)]
    [InlineData(20, 1, 2)]
    public void LengthLimit_OfBothLimits_CountsTheStart(int maxLength, int? maxNewTokens, int limit) =>
        Assert.Equal(limit, (s_plain with { MaxLength = maxLength, MaxNewTokens = maxNewTokens }).LengthLimit);

    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(4, null, 4)]
    [InlineData(4, 2, 3)]
    public void LeastLength_OfBothLimits_CountsTheStart(int minLength, int? minNewTokens, int least) =>
        Assert.Equal(least, (s_plain with { MinLength = minLength, MinNewTokens = minNewTokens }).LeastLength);

    [Fact]
    public void NewSearch_ByBeams_IsGreedyOrOfBeams()
    {
        Assert.IsType<GenerationGreedySearch>(s_plain.NewSearch());
        Assert.IsType<GenerationBeamSearch>((s_plain with { NumBeams = 2 }).NewSearch());
    }

    [Fact]
    public void NewSearch_SettingOutOfRange_IsRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => (s_plain with { NumBeams = 0 }).NewSearch());
        Assert.ThrowsAny<ArgumentException>(() => (s_plain with { MaxLength = 1 }).NewSearch());
        Assert.ThrowsAny<ArgumentException>(() => (s_plain with { MaxNewTokens = 0, NumBeams = 4 }).NewSearch());
        Assert.ThrowsAny<ArgumentException>(() => (s_plain with { BadWords = [[]] }).NewSearch());
        Assert.ThrowsAny<ArgumentException>(() => (s_plain with { RepetitionPenalty = 0 }).NewSearch());
    }
}
