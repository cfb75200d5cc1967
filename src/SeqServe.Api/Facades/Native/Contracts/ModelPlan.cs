namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>How a model is batched and run, and why.</summary>
/// <param name="BatchSize" example="8">Rows beyond which a larger batch answers no more rows a second; 1 means that batching does not pay.</param>
/// <param name="BatchTokens" example="384">Tokens, padding included, beyond which the same holds; null where long rows gain from as many neighbours as short ones.</param>
/// <param name="MaxPadding" example="0.1">Largest share of padding that leaves a batch most of its gain.</param>
/// <param name="LatencyFromTokens" example="256">Tokens from which on a run that has the machine to itself goes to the latency session; null for never.</param>
/// <param name="Grid">The measured runs.</param>
public sealed record ModelPlan(int BatchSize, int? BatchTokens, double MaxPadding, int? LatencyFromTokens, IReadOnlyList<ModelPlanPoint> Grid);

/// <summary>One measured run.</summary>
/// <param name="Rows" example="8">Rows of the batch.</param>
/// <param name="Length" example="24">Tokens of each row.</param>
/// <param name="Threads" example="1">CPU threads of the run.</param>
/// <param name="Ms" example="1.37">Shortest run, in milliseconds.</param>
public readonly record struct ModelPlanPoint(int Rows, int Length, int Threads, double Ms);
