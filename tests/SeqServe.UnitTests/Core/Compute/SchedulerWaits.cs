using SeqServe.Core.Compute;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Compute;

/// <summary>Waits for compute threads.</summary>
internal static class SchedulerWaits
{
    /// <summary>Waits until the compute threads have run everything that is scheduled so far.</summary>
    public static void AwaitScheduled(this RunScheduler scheduler)
    {
        using var reached = new ManualResetEventSlim();
        scheduler.Schedule(new Marker(reached));
        Patience.Wait(reached);
    }

    private sealed class Marker(ManualResetEventSlim reached) : IRunSource
    {
        public void RunNext() => reached.Set();
    }
}
