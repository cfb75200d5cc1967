namespace SeqServe.Core.Batching;

/// <summary>What the assembler needs to know of a waiting row.</summary>
/// <param name="Length">Its tokens.</param>
/// <param name="Departed">Whether its caller has gone or its deadline has passed.</param>
/// <param name="Kind">Rows of different kinds never share a batch.</param>
internal readonly record struct WaitingRow(int Length, bool Departed, int Kind = 0);
