using Microsoft.Extensions.Time.Testing;
using SeqServe.Onnx.Isolation;

namespace SeqServe.UnitTests.Onnx.Isolation;

public class RestartDelayTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Next_OfEndsInAMinute_DoublesUpToItsBound()
    {
        var delay = new RestartDelay(_time);

        double[] waits = [.. Enumerable.Range(0, 9).Select(_ => delay.Next().TotalMilliseconds)];

        Assert.Equal([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000], waits);
    }

    [Fact]
    public void Next_OfVeryManyEnds_StaysAtItsBound()
    {
        var delay = new RestartDelay(_time);

        List<TimeSpan> waits = [.. Enumerable.Range(0, 5000).Select(_ => delay.Next())];

        Assert.Equal(RestartDelay.Longest, waits.Max());
        Assert.Equal(RestartDelay.Longest, waits[^1]);
    }

    [Fact]
    public void Next_AfterAQuietMinute_IsAtOnceAgain()
    {
        var delay = new RestartDelay(_time);
        delay.Next();
        delay.Next();

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(TimeSpan.Zero, delay.Next());
    }
}
