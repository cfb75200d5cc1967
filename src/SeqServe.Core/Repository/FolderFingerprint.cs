using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SeqServe.Core.Files;

namespace SeqServe.Core.Repository;

/// <summary>
/// What changes when a folder changes, without reading its files: names, sizes, times and the targets of links. Links are followed inside of the repository
/// only, and no folder twice: one link to the root of a machine would else make each scan a walk through all of it.
/// </summary>
internal sealed class FolderFingerprint
{
    // Deeper and wider than any model.
    private const int MaxDepth = 6;
    private const int MaxEntries = 20_000;

    // All names: the answer decides about reloading, and a hidden file may be what a link leads to.
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly string _root;
    private int _entries;

    private FolderFingerprint(string root) => _root = root;

    /// <summary>Computes the fingerprint.</summary>
    /// <param name="folder">Absolute path of a folder of the repository.</param>
    /// <param name="root">Absolute path of the repository.</param>
    /// <exception cref="IOException">The folder cannot be read, or changes while it is.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static string Of(string folder, string root)
    {
        var realRoot = RealPath.Of(root);
        var fingerprint = new FolderFingerprint(realRoot);
        using (fingerprint._hash)
        {
            var real = RealPath.Of(folder);
            fingerprint.Add(real);
            if (RealPath.IsBelow(real, realRoot))
                fingerprint.Walk(real, 0);
            return Convert.ToHexString(fingerprint._hash.GetHashAndReset());
        }
    }

    private void Walk(string folder, int depth)
    {
        if (!_seen.Add(folder))
            return;
        // Those beyond are not looked at, and counted before they are sorted: a folder may hold millions.
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos("*", s_all).Take(MaxEntries - _entries).ToList();
        _entries += entries.Count;
        foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            Add(entry.Name, entry);
            if (entry.LinkTarget is { } target)
                Follow(entry, target, depth);
            else if (entry is DirectoryInfo)
                WalkBelow(entry.FullName, depth);
        }
    }

    // The link may stay and what it leads to change.
    private void Follow(FileSystemInfo link, string target, int depth)
    {
        Add(target);
        var real = TryFollow(link.FullName);
        if (real is null || !RealPath.IsBelow(real, _root))
            return;
        Add(real);
        if (Directory.Exists(real))
            WalkBelow(real, depth);
        else if (new FileInfo(real) is { Exists: true } file)
            Add(real, file);
    }

    private void WalkBelow(string folder, int depth)
    {
        if (depth == MaxDepth)
            return;
        try
        {
            Walk(folder, depth + 1);
        }
        catch (UnauthorizedAccessException)
        {
            // Of no use to a model either.
        }
    }

    private void Add(string name, FileSystemInfo entry)
    {
        // What is no regular file has no length and, if a device, a time that changes.
        var length = (entry as FileInfo)?.Length;
        Add(string.Create(CultureInfo.InvariantCulture, $"{name}|{length}|{entry.LastWriteTimeUtc.Ticks}"));
    }

    private void Add(string text) => _hash.AppendData(Encoding.UTF8.GetBytes($"{text}\n"));

    private static string? TryFollow(string link)
    {
        try
        {
            return RealPath.Of(link);
        }
        catch (IOException)
        {
            // In a circle.
            return null;
        }
    }
}
