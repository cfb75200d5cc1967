using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Contracts;

/// <summary>A label and its probability.</summary>
/// <param name="Label">The label. <example>positive</example></param>
/// <param name="Score">Its probability, 0 to 1. <example>0.9871</example></param>
public readonly record struct LabelScoreDto([property: Required] string Label, float Score);
