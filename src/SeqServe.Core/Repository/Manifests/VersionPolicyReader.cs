using System.Text.Json;

namespace SeqServe.Core.Repository.Manifests;

internal static class VersionPolicyReader
{
    private const string Key = "version_policy";
    private const string Remedy = "must be \"all\", {\"latest\": N} or {\"specific\": [N, …]} with whole numbers above 0";

    public static VersionPolicy Read(ManifestObject root)
    {
        if (root.Value(Key) is not { } value)
            return VersionPolicy.Newest;
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals("all"))
            return VersionPolicy.All;
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Count() == 1)
        {
            if (value.TryGetProperty("latest", out var latest) && IsPositive(latest, out var count))
                return VersionPolicy.Latest(count);
            if (value.TryGetProperty("specific", out var specific) && ReadVersions(specific) is { } versions)
                return VersionPolicy.Specific(versions);
        }

        root.Wrong(Key, value, Remedy);
        return VersionPolicy.Newest;
    }

    private static List<int>? ReadVersions(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
            return null;
        var versions = new List<int>();
        foreach (var item in array.EnumerateArray())
        {
            if (!IsPositive(item, out var version))
                return null;
            versions.Add(version);
        }

        return versions;
    }

    private static bool IsPositive(JsonElement value, out int number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number) && number > 0;
    }
}
