using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class ColumnTimesTests
{
    private readonly ColumnTimes _times = new();

    [Fact]
    public void Of_BeforeTheFirstRun_IsZero() => Assert.Equal(TimeSpan.Zero, _times.Of(4));

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(int.MaxValue, 1)]
    public void Of_OnlyTheFarthestKnown_IsThat(int known, int rows)
    {
        _times.Add(known, 10, TimeSpan.FromMilliseconds(10));

        Assert.Equal(TimeSpan.FromMilliseconds(1), _times.Of(rows));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(7, 1)]
    [InlineData(8, 2)]
    [InlineData(31, 2)]
    [InlineData(1000, 2)]
    public void Of_SomeRowsKnown_IsTheNearest(int rows, int milliseconds)
    {
        _times.Add(2, 10, TimeSpan.FromMilliseconds(10));
        _times.Add(16, 10, TimeSpan.FromMilliseconds(20));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _times.Of(rows));
    }
}
