namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>A language that a text may be in.</summary>
/// <param name="Confidence">Its probability in percent.</param>
/// <param name="Language">Its code.</param>
public sealed record LibreDetection(double Confidence, string Language);
