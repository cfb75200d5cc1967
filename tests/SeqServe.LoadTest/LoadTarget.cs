namespace SeqServe.LoadTest;

/// <summary>A server under load.</summary>
/// <param name="Url">Where it listens.</param>
/// <param name="Pid">Its process on this machine, or null when its CPU time is not to be read.</param>
internal sealed record LoadTarget(Uri Url, int? Pid);
