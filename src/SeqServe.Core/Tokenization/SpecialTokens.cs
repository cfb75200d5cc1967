namespace SeqServe.Core.Tokenization;

/// <summary>The ids put around a text by code, never by text.</summary>
/// <param name="BeginId">Put in front, or null.</param>
/// <param name="EndId">Put at the end, also after truncation, or null.</param>
public readonly record struct SpecialTokens(int? BeginId, int? EndId)
{
    /// <summary>How many ids they take of a limit.</summary>
    public int Count => (BeginId is null ? 0 : 1) + (EndId is null ? 0 : 1);
}
