using System.Globalization;
using System.Text;

namespace SeqServe.Core.Repository;

/// <summary>What changes when a folder changes, without reading its files: names, sizes, times and the targets of links.</summary>
internal static class FolderFingerprint
{
    // Deeper than any model; it ends links that lead back up.
    private const int MaxDepth = 6;

    private static readonly EnumerationOptions s_everything =
        new() { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Computes the fingerprint.</summary>
    /// <exception cref="IOException">The folder cannot be read, or changes while it is.</exception>
    public static string Of(string folder)
    {
        var text = new StringBuilder();
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", s_everything).OrderBy(e => e.FullName, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{entry.FullName}|{(entry as FileInfo)?.Length}|{entry.LastWriteTimeUtc.Ticks}|{entry.LinkTarget}\n");
        return text.ToString();
    }
}
