using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>A token that may come next.</summary>
/// <param name="Token" example=" sky">Its characters, with a space where a word begins; a control symbol or a byte of a character by its name.</param>
/// <param name="Id" example="812">Its id.</param>
/// <param name="Probability" example="0.1625">Its probability, 0 to 1.</param>
/// <param name="LogProbability" example="-1.817">Natural logarithm of it.</param>
public readonly record struct Candidate([property: Required] string Token, int Id, double Probability, double LogProbability);
