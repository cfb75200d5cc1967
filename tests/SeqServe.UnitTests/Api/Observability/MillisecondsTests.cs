using System.Globalization;
using SeqServe.Api.Observability;

namespace SeqServe.UnitTests.Api.Observability;

public class MillisecondsTests
{
    [Theory]
    [InlineData(0, "0.000")]
    [InlineData(4, "0.000")]
    [InlineData(5, "0.001")]
    [InlineData(9_990, "0.999")]
    [InlineData(10_070, "1.007")]
    [InlineData(36_000_000_000, "3600000.000")]
    public void Format_OfTicks_RoundsToMicroseconds(long ticks, string expected)
    {
        var time = new Milliseconds(TimeSpan.FromTicks(ticks));

        Assert.Equal(expected, time.ToString());
        Assert.Equal($"[{expected}]", string.Create(CultureInfo.InvariantCulture, $"[{time}]"));
    }

    [Fact]
    public void Format_IntoTooLittleRoom_WritesNothing()
    {
        Assert.False(new Milliseconds(TimeSpan.FromSeconds(1)).TryFormat(new char[7], out _, default, null));
        Assert.True(new Milliseconds(TimeSpan.FromSeconds(1)).TryFormat(new char[8], out var written, default, null));
        Assert.Equal(8, written);
    }
}
