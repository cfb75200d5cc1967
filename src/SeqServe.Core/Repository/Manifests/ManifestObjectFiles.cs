namespace SeqServe.Core.Repository.Manifests;

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
