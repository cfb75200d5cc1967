namespace SeqServe.Core.Files;

/// <summary>
/// A file is not opened, or not read to its end, because of what it is. The message goes on after the file's name, says what to change, and holds no path.
/// </summary>
/// <param name="message">Such as "is a named pipe; put a regular file in its place".</param>
public sealed class FileRefusedException(string message) : Exception(message)
{
    internal static FileRefusedException NoRegularFile(string kind) => new($"is {kind}; put a regular file in its place");

    internal static FileRefusedException LeadsOut() =>
        new("is a link that leads out of the repository, or lies behind one; put what it leads to into the repository");

    internal static FileRefusedException TooLarge(long most) =>
        new($"has more than {Describe(most)}, the most that such a file may have");

    private static string Describe(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes >> 30} GiB",
        >= 1L << 20 => $"{bytes >> 20} MiB",
        _ => $"{bytes >> 10} KiB",
    };
}
