using System.Buffers;
using System.Security.Cryptography;
using SeqServe.Core.Errors;
using SeqServe.Core.Files;

namespace SeqServe.Core.Repository;

/// <summary>Reads and checks the files of one model version.</summary>
internal static class ModelFiles
{
    // Labels and tokenizers; the largest vocabularies take some megabytes.
    private const int MaxBytes = 64 << 20;
    private const int HashedAtOnce = 1 << 16;

    // A minute of hashing. A file without content may say that it has any length.
    private const long MaxHashed = 64L << 30;

    /// <summary>Compares every file that the manifest names with its checksum.</summary>
    /// <exception cref="ModelLoadException">Some are missing or differ; all are named.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static void VerifyChecksums(RepositoryModel model, int version)
    {
        // Files of other versions need not be there to serve this one.
        var faults = model.Manifest!.Files
            .Where(file => !IsOfOtherVersion(file.Key, version))
            .Select(file => FaultOf(model, file.Key, file.Value))
            .OfType<string>()
            .ToList();
        if (faults.Count > 0)
            throw new ModelLoadException($"{string.Join("; ", faults)}. Restore the files or correct \"files\" in model.json.");
    }

    /// <summary>The absolute path of a file that the manifest names, for a reader that opens it itself.</summary>
    /// <exception cref="ModelLoadException">It is missing, is no regular file, or a link leads out of the repository.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Find(RepositoryModel model, int version, string key, string file)
    {
        var path = PathOf(model, version, key, file);
        using (Open(model, path, $"{key} names \"{file}\", which"))
        {
            // Its data may lie beside it, in a folder that leads out by itself.
            return RealPath.IsInside(Path.GetDirectoryName(path)!, model.Root)
                ? path
                : throw new ModelLoadException($"{key} names \"{file}\", which {FileRefusedException.LeadsOut().Message}.");
        }
    }

    /// <summary>Reads a file that the manifest names.</summary>
    /// <exception cref="ModelLoadException">As <see cref="Find"/>, or it is too large.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(RepositoryModel model, int version, string key, string file)
    {
        var path = PathOf(model, version, key, file);
        try
        {
            return RegularFile.Read(path, MaxBytes, model.Root);
        }
        catch (FileRefusedException e)
        {
            throw new ModelLoadException($"{key} names \"{file}\", which {e.Message}.");
        }
    }

    private static string PathOf(RepositoryModel model, int version, string key, string file)
    {
        var path = model.Resolve(version, file);
        return File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new ModelLoadException($"{key} names \"{file}\", which is neither in {version}/ nor in the model's folder.");
    }

    // Write access to a model must not give read access to the rest of the machine.
    private static Stream Open(RepositoryModel model, string path, string what)
    {
        try
        {
            return RegularFile.Open(path, model.Root);
        }
        catch (FileRefusedException e)
        {
            throw new ModelLoadException($"{what} {e.Message}.");
        }
    }

    private static string? FaultOf(RepositoryModel model, string file, string expected)
    {
        var path = Path.Combine(model.Folder, file);
        if (!File.Exists(path) && !Directory.Exists(path))
            return $"{file} is missing";
        try
        {
            using var stream = RegularFile.Open(path, model.Root);
            if (stream.Length > MaxHashed)
                throw FileRefusedException.TooLarge(MaxHashed);
            if (Checksum(stream) == expected)
                return null;
            return $"{file} differs from its sha256 in the manifest{(FileHead.Fault(stream) is { } fault ? $": it {fault}" : "")}";
        }
        catch (FileRefusedException e)
        {
            return $"{file} {e.Message}";
        }
    }

    private static bool IsOfOtherVersion(string file, int version)
    {
        var slash = file.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && int.TryParse(file.AsSpan(0, slash), out var other) && other != version;
    }

    // As much as it has now: one that grows while it is read has no end.
    private static string Checksum(Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(HashedAtOnce);
        try
        {
            var left = stream.Length;
            while (left > 0 && stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left)) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
                left -= read;
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
