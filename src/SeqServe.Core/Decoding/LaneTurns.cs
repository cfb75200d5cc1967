using Microsoft.Extensions.Logging;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Decoding;

/// <summary>A loop's place among all that take turns on the compute threads. At most one turn of it is given at a time.</summary>
/// <param name="batcher">The queue it takes from.</param>
/// <param name="lane">The loop; owned by this object.</param>
/// <param name="threadsPerRun">CPU threads that a run takes.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For what should not happen.</param>
internal sealed partial class LaneTurns(ContinuousBatcher batcher, DecodeLane lane, int threadsPerRun, TimeProvider time, ILogger logger) : IRunSource, IDisposable
{
    private readonly List<ActiveSequence> _taken = [];
    private readonly ManualResetEventSlim _idle = new(true);
    private TimeSpan _busy;
    private bool _given;

    public int ThreadsPerRun => threadsPerRun;

    /// <summary>Sequences in flight.</summary>
    public int Sequences => lane.Sequences;

    /// <summary>Whether there is nothing to run.</summary>
    public bool IsIdle => lane.IsIdle;

    /// <summary>Gives the loop a turn, unless it has one. The batcher's lock is held.</summary>
    public void GiveTurn(RunScheduler scheduler)
    {
        if (_given)
            return;
        _given = scheduler.Schedule(this);
        if (_given)
            _idle.Reset();
        else
            lane.FailAll(RowFailures.Closed());
    }

    /// <summary>Ends the turn. The batcher's lock is held.</summary>
    public void Returned()
    {
        _given = false;
        _idle.Set();
    }

    public void RunNext()
    {
        var started = time.GetTimestamp();
        long finished = 0;
        try
        {
            lane.DropDeparted();
            batcher.Take(lane, _taken);
            if (_taken.Count > 0)
                lane.Join(_taken);
            finished = lane.InputTokens;
            lane.Run();
            finished -= lane.InputTokens;
        }
        catch (Exception e)
        {
            // Whatever a listener of metrics throws: no caller may wait for ever, no compute thread may die.
            TurnFailed(logger, e);
            foreach (var sequence in _taken)
                sequence.Fail(RowFailures.Of(e));
            lane.FailAll(RowFailures.Of(e));
        }
        finally
        {
            _taken.Clear();
            _busy += time.GetElapsedTime(started);
            if (finished > 0)
            {
                batcher.Finished(finished, _busy);
                _busy = TimeSpan.Zero;
            }

            batcher.TurnEnded(this);
        }
    }

    /// <summary>Waits for the last turn, fails what is in flight and frees the rows. The batcher gives no more turns.</summary>
    public void Dispose()
    {
        _idle.Wait();
        _idle.Dispose();
        lane.FailAll(RowFailures.Closed());
        lane.Dispose();
    }

    [LoggerMessage(EventIds.TurnFailed, LogLevel.Error, "A turn of a decoding loop failed; its sequences are told")]
    private static partial void TurnFailed(ILogger logger, Exception exception);
}
