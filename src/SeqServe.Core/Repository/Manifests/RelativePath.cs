namespace SeqServe.Core.Repository.Manifests;

/// <summary>Paths that models name.</summary>
public static class RelativePath
{
    /// <summary>Whether a path stays inside of the folder it is relative to.</summary>
    public static bool IsInside(string path) =>
        path.Length > 0
        && !Path.IsPathRooted(path)
        && path.IndexOfAny(['\\', '\0', ':']) < 0
        && !path.Split('/').Any(part => part is "" or "." or "..");
}

internal static class ManifestObjectFiles
{
    /// <summary>The name of a file inside of the model's folder.</summary>
    public static string? FileName(this ManifestObject json, string key, bool required = false)
    {
        var file = json.Text(key, required);
        if (file is null || RelativePath.IsInside(file))
            return file;
        json.Fault(key, file, "must be a path inside the model's folder, without \"..\"");
        return null;
    }
}
