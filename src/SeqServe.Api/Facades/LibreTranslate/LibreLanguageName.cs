namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>A language.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its English name.</param>
public sealed record LibreLanguageName(string Code, string Name);
