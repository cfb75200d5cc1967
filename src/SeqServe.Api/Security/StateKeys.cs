using SeqServe.Api.Configuration;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.LanguageModeling.States;

namespace SeqServe.Api.Security;

/// <summary>The key of portable states: the configured one, or one of this process's own.</summary>
internal static partial class StateKeys
{
    public static StateKey Make(SeqServeOptions options, ILogger logger)
    {
        if (options.StateKey is { } configured)
            return StateKey.Of(configured);
        Generated(logger);
        return StateKey.Generate();
    }

    [LoggerMessage(
        EventIds.StateKeyGenerated,
        LogLevel.Warning,
        "Portable states are signed with a key of this process's own: other replicas, "
        + "and this one after a restart, cannot read them. Set SeqServe__StateKey to share them")]
    private static partial void Generated(ILogger logger);
}
