namespace SeqServe.Core.Registry.Golden;

/// <summary>A text and what a model must answer.</summary>
/// <param name="Text">The text.</param>
/// <param name="Answer">The label, the translation, or the most probable next token.</param>
/// <param name="Number">Its score or probability, or null when any will do.</param>
internal sealed record GoldenCase(string Text, string Answer, double? Number);
