namespace SeqServe.Onnx.Isolation;

/// <summary>How a process has ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal has ended it.</param>
/// <param name="LastWords">The last line that it wrote to its standard error, or empty. For the log alone: it may name anything.</param>
internal sealed record ProcessEnd(int ExitCode, string LastWords)
{
    private const int OfSignals = 128;

    /// <summary>In words, for callers.</summary>
    public string Cause => (ExitCode - OfSignals) switch
    {
        4 => "signal 4, an instruction that this processor does not have",
        6 => "signal 6, it gave up",
        7 => "signal 7, an access to memory that is not there",
        8 => "signal 8, a division that has no result",
        9 => "signal 9, it was killed from outside, as for want of memory",
        11 => "signal 11, an access to memory that is not its own",
        > 0 and < 65 and var signal => $"signal {signal}",
        _ => $"exit code {ExitCode}",
    };
}
