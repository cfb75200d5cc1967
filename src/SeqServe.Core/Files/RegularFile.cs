namespace SeqServe.Core.Files;

/// <summary>
/// The one way to open a file that others have put there: only what is a regular file once its links are followed, and never waiting for it. A device has no
/// end, and a named pipe without a writer would hold up whoever opens it for ever.
/// </summary>
public static class RegularFile
{
    // Growth of what is read of a file that says it is empty.
    private const int SmallestBuffer = 4096;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="root">Absolute path of a folder that its links must not lead out of; null for none.</param>
    /// <param name="share">What others may do with it meanwhile.</param>
    /// <returns>A stream that can seek; the caller disposes it.</returns>
    /// <exception cref="FileRefusedException">It is no regular file, or lies outside of the root.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Stream Open(string path, string? root = null, FileShare share = FileShare.Read) =>
        LinuxFile.IsSupported ? OpenHeld(path, root, share) : OpenByPath(path, root, share);

    /// <summary>Reads a whole file, which is refused as soon as it turns out to be larger than it may be.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="most">Most bytes that it may have.</param>
    /// <param name="root">As for <see cref="Open"/>.</param>
    /// <exception cref="FileRefusedException">As for <see cref="Open"/>, or the file is larger.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, int most, string? root = null)
    {
        using var stream = Open(path, root);
        if (stream.Length > most)
            throw FileRefusedException.TooLarge(most);
        // One byte more than it says it has, so that one that grows meanwhile is noticed.
        var content = new byte[Math.Max(stream.Length + 1, SmallestBuffer)];
        var length = 0;
        while (stream.Read(content, length, content.Length - length) is > 0 and var read)
        {
            length += read;
            if (length > most)
                throw FileRefusedException.TooLarge(most);
            if (length == content.Length)
                Array.Resize(ref content, (int)Math.Min(2L * length, most + 1L));
        }

        return content.AsSpan(0, length).ToArray();
    }

    // What is checked is what is read, whatever is put in its place meanwhile: the file is held first, and opened through what holds it.
    private static FileStream OpenHeld(string path, string? root, FileShare share)
    {
        var realRoot = root is null ? null : RealPath.Of(root);
        using var held = LinuxFile.Hold(path);
        var place = LinuxFile.PlaceOf(held);
        if (realRoot is not null && !RealPath.IsBelow(new FileInfo(place).LinkTarget ?? "", realRoot))
            throw FileRefusedException.LeadsOut();
        if (LinuxFile.KindOf(held) is { } kind)
            throw FileRefusedException.NoRegularFile(kind);
        return new FileStream(place, FileMode.Open, FileAccess.Read, share);
    }

    private static Stream OpenByPath(string path, string? root, FileShare share)
    {
        var real = RealPath.Of(path);
        if (root is not null && !RealPath.IsBelow(real, RealPath.Of(root)))
            throw FileRefusedException.LeadsOut();
        if (Directory.Exists(real))
            throw FileRefusedException.NoRegularFile("a folder");
        // What has no length has nothing to read; it is an empty file, a device, or a pipe that would have to be waited for.
        return new FileInfo(real).Length == 0 ? Stream.Null : new FileStream(real, FileMode.Open, FileAccess.Read, share);
    }
}
