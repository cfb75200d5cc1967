namespace SeqServe.Core.Tasks.LanguageModeling.States;

/// <summary>All that a recurrent model knows of what it has read.</summary>
/// <param name="Position">Tokens read so far.</param>
/// <param name="Values">The state of one row, as <see cref="Backends.IDecoderRows.CopyState"/> gives it.</param>
public sealed record PortableState(int Position, float[] Values);
