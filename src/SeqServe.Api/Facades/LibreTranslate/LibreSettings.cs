namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Answer of <c>GET /frontend/settings</c>: what LibreTranslate's own pages and clients ask before they begin.</summary>
/// <param name="ApiKeys">Whether the server has keys.</param>
/// <param name="CharLimit">Most characters of a text.</param>
/// <param name="FilesTranslation">Whether files are translated.</param>
/// <param name="FrontendTimeout">Milliseconds a page should wait for the end of the typing.</param>
/// <param name="KeyRequired">Whether a request needs a key.</param>
/// <param name="Language">The pair a page should begin with.</param>
/// <param name="Suggestions">Whether suggestions are taken.</param>
/// <param name="SupportedFilesFormat">Kinds of files that are translated.</param>
public sealed record LibreSettings(
    bool ApiKeys, int CharLimit, bool FilesTranslation, int FrontendTimeout, bool KeyRequired, LibreDefaultPair Language, bool Suggestions, IReadOnlyList<string> SupportedFilesFormat);
