using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>A label and its probability.</summary>
/// <param name="Label" example="positive">The label.</param>
/// <param name="Score" example="0.9871">Its probability, 0 to 1.</param>
public readonly record struct ScoredLabel([property: Required] string Label, float Score);
