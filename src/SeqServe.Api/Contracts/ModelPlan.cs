namespace SeqServe.Api.Contracts;

/// <summary>How a model is batched, and why.</summary>
/// <param name="BatchSize" example="8">Rows beyond which a larger batch answers no more rows a second; 1 means that batching does not pay.</param>
/// <param name="Grid">The measured runs.</param>
public sealed record ModelPlan(int BatchSize, IReadOnlyList<ModelPlanPoint> Grid);

/// <summary>One measured run.</summary>
/// <param name="Rows" example="8">Rows of the batch.</param>
/// <param name="Length" example="24">Tokens of each row.</param>
/// <param name="Ms" example="1.37">Shortest run, in milliseconds.</param>
public readonly record struct ModelPlanPoint(int Rows, int Length, double Ms);
