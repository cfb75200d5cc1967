using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Core.Decoding;

public class SequenceQueueTests
{
    private const int Tokens = 4096;

    private static readonly BatchLimits s_limits = new();

    [Fact]
    public void Take_TwoLoops_GivesEachTheSameShare()
    {
        var queue = Queue(loops: 2, 4, 4, 4, 4, 4);

        Assert.Equal((3, 3), (Take(queue).Count, queue.InFlight));
        Assert.Equal((2, 5), (Take(queue).Count, queue.InFlight));
    }

    [Fact]
    public void Take_LoopThatHasItsShare_LeavesTheRestToTheOther()
    {
        var queue = Queue(loops: 2, 4, 4, 4, 4);
        Assert.Equal(2, Take(queue).Count);

        Assert.Empty(Take(queue, inFlight: 2));

        // Four again, so its share is two, of which it has one.
        queue.Return(1);
        queue.Add([Sequence(4)]);
        Assert.Single(Take(queue, inFlight: 1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    public void Take_FewerSlotsThanSequences_TakesAsManyAsThereAreSlots(int slots, int taken) =>
        Assert.Equal(taken, Take(Queue(loops: 1, 4, 4, 4), slots: slots).Count);

    [Theory]
    [InlineData(5, 2)]
    [InlineData(4, 1)]
    public void Take_SourcesOfOtherLength_AreTakenUpToAQuarterOfPadding(int second, int taken) =>
        Assert.Equal(taken, Take(Queue(loops: 1, 10, second)).Count);

    [Fact]
    public void Take_TokensOfThePrefill_BoundWhatIsTaken() => Assert.Equal(2, Take(Queue(loops: 1, 4, 4, 4), maxTokens: 11).Count);

    // A loop runs all the same: its rows in flight are not to wait for others.
    [Fact]
    public void Take_LimitsWithADelay_DoesNotWait() =>
        Assert.Single(Take(Queue(s_limits with { MaxQueueDelay = TimeSpan.FromSeconds(1) }, loops: 1, 4)));

    [Fact]
    public void Close_WhileOneWaits_FailsItOnceAndGivesNoMore()
    {
        var queue = Queue(loops: 1);
        var waiting = Sequence(4);
        queue.Add([waiting]);

        Assert.True(queue.Close());
        Assert.False(queue.Close());

        Assert.Equal(ServingErrorCode.Draining, Assert.IsType<ServingException>(waiting.Completion.Exception?.InnerException).Code);
        Assert.Empty(Take(queue));
        Assert.Throws<ServingException>(() => queue.Add([Sequence(4)]));
    }

    // The first pays for what is compiled and touched for the first time.
    [Fact]
    public void Finished_TheFirstTime_TeachesNothing()
    {
        var queue = Queue(loops: 1, 4);
        queue.Finished(1, TimeSpan.FromSeconds(100));
        Assert.Null(queue.Refusal(1, TimeSpan.Zero));

        queue.Finished(1, TimeSpan.FromSeconds(1));

        Assert.Equal(4, queue.Refusal(1, TimeSpan.Zero)?.RetryAfter?.TotalSeconds);
    }

    private static GreedyTestSequence Sequence(int length) => new([.. Enumerable.Repeat(1, length)], 1);

    private static SequenceQueue Queue(int loops, params int[] lengths) => Queue(s_limits, loops, lengths);

    private static SequenceQueue Queue(BatchLimits limits, int loops, params int[] lengths)
    {
        var queue = new SequenceQueue(limits, loops, new FakeTimeProvider());
        foreach (var length in lengths)
            queue.Add([Sequence(length)]);
        return queue;
    }

    private static List<ActiveSequence> Take(SequenceQueue queue, int inFlight = 0, int slots = 8, int maxTokens = Tokens)
    {
        List<ActiveSequence> taken = [];
        queue.Take(inFlight, new LoopRoom(slots, CacheCost.None, new CacheBudget(1), static () => { }), maxTokens, taken);
        return taken;
    }
}
