using SeqServe.Core.Compute;

namespace SeqServe.UnitTests.Core.Compute;

public class RunQueueTests
{
    private readonly RunQueue _queue = new();

    [Fact]
    public void Take_OfSourcesThatUsedNothing_GoesByArrival()
    {
        var (a, b) = (new Source(), new Source());
        _queue.TryAdd(a);
        _queue.TryAdd(b);

        Assert.Same(a, Take().Source);
        Assert.Same(b, Take().Source);
    }

    [Fact]
    public void Take_WhenAFloodedSourceAskedFirst_PrefersTheOneThatWasIdle()
    {
        var (flooded, light) = (new Source(), new Source());
        for (var i = 0; i < 5; i++)
            Run(flooded, milliseconds: 10);
        _queue.TryAdd(flooded);
        _queue.TryAdd(light);

        Assert.Same(light, Take().Source);
    }

    [Fact]
    public void Take_WhileTheFloodedSourceRuns_CountsItsRunBeforeItHasEnded()
    {
        var (flooded, light) = (new Source(), new Source());
        Run(flooded, milliseconds: 10);
        _queue.TryAdd(flooded);
        Assert.Same(flooded, Take().Source);
        _queue.TryAdd(flooded);
        _queue.TryAdd(light);

        Assert.Same(light, Take().Source);
    }

    [Fact]
    public void Take_OfTwoBusySources_SharesTimeAndNotRuns()
    {
        var (slow, fast) = (new Source(), new Source());
        _queue.TryAdd(slow);
        _queue.TryAdd(fast);
        var (slowRuns, fastRuns) = (0, 0);
        for (var i = 0; i < 110; i++)
        {
            var permit = Take();
            _queue.TryAdd(permit.Source);
            _queue.Return(permit, TimeSpan.FromMilliseconds(permit.Source == slow ? 10 : 1));
            (slowRuns, fastRuns) = permit.Source == slow ? (slowRuns + 1, fastRuns) : (slowRuns, fastRuns + 1);
        }

        Assert.InRange(slowRuns, 9, 11);
        Assert.InRange(fastRuns, 99, 101);
    }

    [Fact]
    public void Take_AfterALongPause_ClaimsNothingForThePause()
    {
        var (steady, back) = (new Source(), new Source());
        Run(back, milliseconds: 1);
        for (var i = 0; i < 100; i++)
            Run(steady, milliseconds: 10);
        _queue.TryAdd(back);
        _queue.TryAdd(steady);
        var takenInARow = 0;
        while (Take() is var permit && permit.Source == back)
        {
            _queue.TryAdd(back);
            _queue.Return(permit, TimeSpan.FromMilliseconds(10));
            takenInARow++;
        }

        Assert.InRange(takenInARow, 1, 2);
    }

    [Fact]
    public void Return_TwoPermitsOfOneSourceAtOnce_TakesOffEachWhatItWasCharged()
    {
        var (twice, other) = (new Source(), new Source());
        Run(other, milliseconds: 40);
        Run(twice, milliseconds: 10);
        _queue.TryAdd(twice);
        _queue.TryAdd(twice);
        var (first, second) = (Take(), Take());
        _queue.Return(first, TimeSpan.FromMilliseconds(30));
        _queue.Return(second, TimeSpan.FromMilliseconds(10));
        _queue.TryAdd(twice);
        _queue.TryAdd(other);

        // It has used 10 + 30 + 10 ms by now, the other one 40.
        Assert.Same(other, Take().Source);
    }

    [Fact]
    public void Take_WhenComplete_GivesWhatWaitsAndThenNothing()
    {
        var source = new Source();
        _queue.TryAdd(source);
        _queue.Complete();

        Assert.False(_queue.TryAdd(source));
        Assert.Same(source, Take().Source);
        Assert.False(_queue.TryTake(out _));
    }

    private void Run(Source source, double milliseconds)
    {
        _queue.TryAdd(source);
        var permit = Take();
        Assert.Same(source, permit.Source);
        _queue.Return(permit, TimeSpan.FromMilliseconds(milliseconds));
    }

    private RunPermit Take()
    {
        Assert.True(_queue.TryTake(out var permit));
        return permit;
    }

    private sealed class Source : IRunSource
    {
        public void RunNext() => throw new InvalidOperationException("Only its permits are counted here.");
    }
}
