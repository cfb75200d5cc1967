using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>Good requests, one after another with a pause between two, for as long as something else goes on.</summary>
internal static class CanaryLoop
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until a task has ended, and waits for it.</summary>
    public static async Task UntilAsync(Task other, AttackContext context, Tally tally)
    {
        using var canaries = context.ConnectCanaries();
        for (var index = 0; !other.IsCompleted; index++)
        {
            await canaries.AskAsync(tally, index);
            await Task.Delay(s_pause, TimeProvider.System);
        }

        await other;
    }
}
