using System.Globalization;
using System.Text;

namespace SeqServe.Core.Repository;

/// <summary>What tells two moments of a folder apart without reading its files: names, sizes, times and the targets of links.</summary>
internal static class FolderFingerprint
{
    // Deeper than any model; it ends links that lead back up.
    private const int Deepest = 6;

    private static readonly EnumerationOptions s_everything = new() { RecurseSubdirectories = true, MaxRecursionDepth = Deepest, AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Takes a print.</summary>
    /// <exception cref="IOException">The folder cannot be read, or changes while it is.</exception>
    public static string Of(string folder)
    {
        var print = new StringBuilder();
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", s_everything).OrderBy(e => e.FullName, StringComparer.Ordinal))
            print.Append(CultureInfo.InvariantCulture, $"{entry.FullName}|{(entry as FileInfo)?.Length}|{entry.LastWriteTimeUtc.Ticks}|{entry.LinkTarget}\n");
        return print.ToString();
    }
}
