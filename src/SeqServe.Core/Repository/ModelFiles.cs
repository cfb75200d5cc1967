using System.Security.Cryptography;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Repository;

/// <summary>Reads and checks the files of one model version.</summary>
internal static class ModelFiles
{
    /// <summary>Compares every file that the manifest names with its checksum.</summary>
    /// <exception cref="ModelLoadException">Some are missing or differ; all are named.</exception>
    public static void VerifyChecksums(RepositoryModel model, int version)
    {
        var faults = new List<string>();
        foreach (var (file, expected) in model.Manifest!.Files)
        {
            // Files of other versions need not be there to serve this one.
            if (IsOfOtherVersion(file, version))
                continue;
            var path = Path.Combine(model.Folder, file);
            if (!File.Exists(path))
                faults.Add($"{file} is missing");
            else if (!RealPath.IsInside(path, model.Folder))
                faults.Add($"{file} is a link that leads out of the model's folder");
            else if (Checksum(path) != expected)
                faults.Add($"{file} differs from its sha256 in the manifest{(FileHead.Fault(path) is { } fault ? $": it {fault}" : "")}");
        }

        if (faults.Count > 0)
            throw new ModelLoadException($"{string.Join("; ", faults)}. Restore the files or correct \"files\" in model.json.");
    }

    /// <summary>The absolute path of a file that the manifest names.</summary>
    /// <exception cref="ModelLoadException">It is missing, or a link leads out of the model's folder.</exception>
    public static string Find(RepositoryModel model, int version, string key, string file)
    {
        var path = model.Resolve(version, file);
        if (!File.Exists(path))
            throw new ModelLoadException($"{key} names \"{file}\", which is neither in {version}/ nor in the model's folder.");
        // Write access to a model must not give read access to the rest of the machine.
        if (!RealPath.IsInside(path, model.Folder))
            throw new ModelLoadException($"{key} names \"{file}\", a link that leads out of the model's folder; put the file itself there.");
        return path;
    }

    private static bool IsOfOtherVersion(string file, int version)
    {
        var slash = file.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && int.TryParse(file.AsSpan(0, slash), out var other) && other != version;
    }

    private static string Checksum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
