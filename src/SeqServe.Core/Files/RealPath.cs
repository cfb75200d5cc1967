namespace SeqServe.Core.Files;

/// <summary>Where a path really leads, once every symbolic link on it is followed.</summary>
public static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>Whether a file, its links followed, lies inside of a folder, its links followed.</summary>
    /// <param name="file">Absolute path.</param>
    /// <param name="folder">Absolute path.</param>
    /// <exception cref="IOException">Links lead in a circle or cannot be read.</exception>
    public static bool IsInside(string file, string folder) => IsBelow(Of(file), Of(folder));

    /// <summary>The same of two paths whose links are followed already.</summary>
    internal static bool IsBelow(string realFile, string realFolder) =>
        realFile.StartsWith(
            Path.EndsInDirectorySeparator(realFolder) ? realFolder : realFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path without links; what does not exist is kept as it is.</summary>
    /// <exception cref="IOException">Links lead in a circle or cannot be read.</exception>
    public static string Of(string path)
    {
        var links = 0;
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Parts(full[real.Length..]));
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
                throw new IOException("Symbolic links lead in a circle.");
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
            foreach (var step in Parts(target[(Path.GetPathRoot(target)?.Length ?? 0)..]))
                rest.Push(step);
        }

        return real;
    }

    // Last part first, as a stack wants them.
    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();
}
