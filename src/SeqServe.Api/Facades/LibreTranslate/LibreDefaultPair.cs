namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>The pair a page should begin with.</summary>
/// <param name="Source">What it translates from.</param>
/// <param name="Target">What it translates into.</param>
public sealed record LibreDefaultPair(LibreLanguageName Source, LibreLanguageName Target);
