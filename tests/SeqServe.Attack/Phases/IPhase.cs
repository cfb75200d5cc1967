using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>One way of attacking. What it must not find is in <see cref="AttackContext.Violations"/> when it has ended.</summary>
internal interface IPhase
{
    /// <summary>As <c>--skip</c> names it.</summary>
    string Name { get; }

    /// <summary>Whether it needs a server, and a model folder, of the run's own.</summary>
    bool NeedsOwnServer { get; }

    /// <summary>Attacks.</summary>
    /// <param name="context">The run.</param>
    /// <param name="tally">Counts what is sent and what comes back.</param>
    Task RunAsync(AttackContext context, Tally tally);
}
