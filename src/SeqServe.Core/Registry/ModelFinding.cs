namespace SeqServe.Core.Registry;

/// <summary>Something that a model's validation found.</summary>
/// <param name="Version">The version it is about, or null for the model as a whole.</param>
/// <param name="IsFault">Whether it keeps the version from serving; else it is worth knowing.</param>
/// <param name="Text">What is wrong and what to change.</param>
public sealed record ModelFinding(int? Version, bool IsFault, string Text);
