using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>An event <c>token</c> of a streamed translation.</summary>
/// <param name="Index">Which of <c>inputs</c>.</param>
/// <param name="Text">The piece of text that is certain now; joined, the pieces of an input are its translation. Empty while a character is unfinished.</param>
/// <param name="TokenId">The token; absent for white space between sentences and what is not translated.</param>
/// <param name="LogProbability">Natural logarithm of the token's probability; absent with the token.</param>
public sealed record TranslateToken(int Index, [property: Required] string Text, int? TokenId, double? LogProbability);
