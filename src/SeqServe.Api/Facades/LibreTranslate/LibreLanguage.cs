using System.Globalization;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>A language that texts can be translated from.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its English name.</param>
/// <param name="Targets">Codes of the languages it can be translated into.</param>
public sealed record LibreLanguage(string Code, string Name, IReadOnlyList<string> Targets)
{
    /// <summary>The English name of a code, as far as the system knows one.</summary>
    public static string NameOf(string code)
    {
        try
        {
            return CultureInfo.GetCultureInfo(code).EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }
}
