using SeqServe.Core.Compute;

namespace SeqServe.UnitTests.Core.Compute;

public class TurnQueueTests
{
    private readonly TurnQueue _turns = new();

    [Fact]
    public void Take_OfSourcesThatUsedNothing_GoesByArrival()
    {
        var (a, b) = (new Source(), new Source());
        _turns.TryAdd(a);
        _turns.TryAdd(b);

        Assert.Same(a, _turns.Take());
        Assert.Same(b, _turns.Take());
    }

    [Fact]
    public void Take_WhenAFloodedSourceAskedFirst_PrefersTheOneThatWasIdle()
    {
        var (flooded, light) = (new Source(), new Source());
        for (var i = 0; i < 5; i++)
            Run(flooded, milliseconds: 10);
        _turns.TryAdd(flooded);
        _turns.TryAdd(light);

        Assert.Same(light, _turns.Take());
    }

    [Fact]
    public void Take_WhileTheFloodedSourceRuns_CountsItsRunBeforeItHasEnded()
    {
        var (flooded, light) = (new Source(), new Source());
        Run(flooded, milliseconds: 10);
        _turns.TryAdd(flooded);
        Assert.Same(flooded, _turns.Take());
        _turns.TryAdd(flooded);
        _turns.TryAdd(light);

        Assert.Same(light, _turns.Take());
    }

    [Fact]
    public void Take_OfTwoBusySources_SharesTimeAndNotTurns()
    {
        var (slow, fast) = (new Source(), new Source());
        _turns.TryAdd(slow);
        _turns.TryAdd(fast);
        var (slowTurns, fastTurns) = (0, 0);
        for (var i = 0; i < 110; i++)
        {
            var source = _turns.Take()!;
            _turns.TryAdd(source);
            _turns.Ended(source, TimeSpan.FromMilliseconds(source == slow ? 10 : 1));
            (slowTurns, fastTurns) = source == slow ? (slowTurns + 1, fastTurns) : (slowTurns, fastTurns + 1);
        }

        Assert.InRange(slowTurns, 9, 11);
        Assert.InRange(fastTurns, 99, 101);
    }

    [Fact]
    public void Take_AfterALongPause_ClaimsNothingForThePause()
    {
        var (steady, back) = (new Source(), new Source());
        Run(back, milliseconds: 1);
        for (var i = 0; i < 100; i++)
            Run(steady, milliseconds: 10);
        _turns.TryAdd(back);
        _turns.TryAdd(steady);
        var takenInARow = 0;
        while (_turns.Take() == back)
        {
            _turns.TryAdd(back);
            _turns.Ended(back, TimeSpan.FromMilliseconds(10));
            takenInARow++;
        }

        Assert.InRange(takenInARow, 1, 2);
    }

    [Fact]
    public void Take_WhenComplete_GivesWhatWaitsAndThenNull()
    {
        var source = new Source();
        _turns.TryAdd(source);
        _turns.Complete();

        Assert.False(_turns.TryAdd(source));
        Assert.Same(source, _turns.Take());
        Assert.Null(_turns.Take());
    }

    private void Run(Source source, double milliseconds)
    {
        _turns.TryAdd(source);
        Assert.Same(source, _turns.Take());
        _turns.Ended(source, TimeSpan.FromMilliseconds(milliseconds));
    }

    private sealed class Source : IRunSource
    {
        public void RunNext() => throw new InvalidOperationException("Only its turns are counted here.");
    }
}
