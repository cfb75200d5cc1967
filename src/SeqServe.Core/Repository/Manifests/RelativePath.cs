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
