using System.Text.RegularExpressions;

namespace SeqServe.Core.Repository.Manifests;

internal static partial class LanguagePairReader
{
    public static LanguagePair? Read(ManifestObject root, string task)
    {
        if (task != ModelTask.Translation)
        {
            root.RefuseForTask("languages", "translation");
            return null;
        }

        if (root.Object("languages", required: true) is not { } json)
            return null;
        var pair = new LanguagePair(Code(json, "source"), Code(json, "target"));
        json.RefuseUnknownKeys();
        return pair;
    }

    private static string Code(ManifestObject json, string key)
    {
        var code = json.Text(key, required: true);
        if (code is { Length: > 0 } && !CodePattern().IsMatch(code))
            json.Fault(key, code, "must be a language code in lower case such as \"en\" or \"zh-hant\"");
        return code ?? "";
    }

    [GeneratedRegex(@"\A[a-z]{2,3}(-[a-z0-9]{2,8})*\z")]
    private static partial Regex CodePattern();
}
