using SeqServe.Core.Files;

namespace SeqServe.Onnx.Sessions;

/// <summary>
/// A folder for the files of one graph that is being opened. It is held by a lock that ends with the process, so that what a killed process has left can be
/// told from what another server on the machine is using.
/// </summary>
public sealed class GraphFolder : IDisposable
{
    private const string Prefix = "seqserve-graph-";
    private const string LockName = "lock";

    private readonly DirectoryInfo _folder;
    private readonly FileStream _lock;

    /// <summary>Makes one in the folder for temporary files.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public GraphFolder()
    {
        _folder = Directory.CreateTempSubdirectory(Prefix);
        try
        {
            _lock = new FileStream(Of(LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch
        {
            Delete(_folder);
            throw;
        }
    }

    /// <summary>The absolute path of a file in it.</summary>
    public string Of(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Removes the folders that no living process holds.</summary>
    /// <param name="parent">Where they are; by default the folder for temporary files.</param>
    /// <returns>How many were removed.</returns>
    public static int ClearLeftovers(string? parent = null)
    {
        try
        {
            return new DirectoryInfo(parent ?? Path.GetTempPath()).EnumerateDirectories($"{Prefix}*").Count(TryClear);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a folder for temporary files there is nothing to clear.
            return 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        Delete(_folder);
    }

    // One without a lock is being made just now; and a link is nothing that was made here.
    private static bool TryClear(DirectoryInfo folder)
    {
        try
        {
            if (folder.LinkTarget is not null)
                return false;
            using (RegularFile.Open(Path.Combine(folder.FullName, LockName), share: FileShare.None))
                return Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FileRefusedException)
        {
            // Held by a living process, or somebody else's.
            return false;
        }
    }

    private static bool Delete(DirectoryInfo folder)
    {
        try
        {
            folder.Refresh();
            if (folder.Exists)
                folder.Delete(recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows keeps mapped files until the mapping ends.
            return false;
        }
    }
}
