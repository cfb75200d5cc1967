namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>A failure.</summary>
/// <param name="Error">What is wrong and what to change.</param>
public sealed record LibreError(string Error);
