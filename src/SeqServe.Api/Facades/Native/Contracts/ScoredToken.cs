using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>A token in its place.</summary>
/// <param name="Token" example=" clouds">Its characters, with a space where a word begins.</param>
/// <param name="Id" example="3120">Its id.</param>
/// <param name="LogProbability" example="-8.12">Natural logarithm of its probability.</param>
public readonly record struct ScoredToken([property: Required] string Token, int Id, float LogProbability);
