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
        new($"has more than {(most >= 1 << 20 ? $"{most >> 20} MiB" : $"{most >> 10} KiB")}, the most that such a file may have");
}
