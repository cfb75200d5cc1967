namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>The sessions of a model and the CPU threads of their runs.</summary>
/// <param name="Count" example="2">Open sessions.</param>
/// <param name="ThreadsPerRun" example="1">CPU threads of a run.</param>
/// <param name="LatencyThreads" example="2">CPU threads of a run on the latency session; null where none is open.</param>
/// <param name="LatencyFromTokens" example="256">Tokens from which on a run that has the machine to itself goes there; null for never.</param>
public sealed record ModelSessions(int Count, int ThreadsPerRun, int? LatencyThreads, int? LatencyFromTokens);
