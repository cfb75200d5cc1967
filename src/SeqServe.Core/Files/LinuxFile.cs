using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SeqServe.Core.Files;

/// <summary>Holds a file without opening it, which neither waits for a pipe nor wakes a device, and says of what kind it is.</summary>
internal static partial class LinuxFile
{
    private const string Handles = "/proc/self/fd";

    // O_PATH and O_CLOEXEC, the same on every processor that .NET runs on.
    private const int PathOnly = 0x20_0000;
    private const int CloseOnExec = 0x8_0000;

    // AT_EMPTY_PATH and STATX_TYPE; where struct statx, which is the same everywhere too, keeps the kind.
    private const int OfTheHandle = 0x1000;
    private const uint Kind = 1;
    private const int SizeOfStatus = 256;
    private const int OffsetOfMode = 28;

    private const int NotPermitted = 1;
    private const int NoSuchEntry = 2;
    private const int AccessDenied = 13;
    private const int NoFolder = 20;

    /// <summary>Whether this machine can; a container without <c>/proc</c> cannot.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Directory.Exists(Handles) && HasStatus();

    /// <summary>Holds what a path leads to, links followed.</summary>
    /// <exception cref="IOException">There is nothing, or the links lead in a circle.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be entered.</exception>
    public static SafeFileHandle Hold(string path)
    {
        var handle = Open(path, PathOnly | CloseOnExec);
        if (handle >= 0)
            return new SafeFileHandle(handle, ownsHandle: true);
        var message = Marshal.GetLastPInvokeErrorMessage();
        throw Marshal.GetLastPInvokeError() switch
        {
            NoSuchEntry or NoFolder => new FileNotFoundException(message, path),
            NotPermitted or AccessDenied => new UnauthorizedAccessException($"{path}: {message}"),
            _ => new IOException($"{path}: {message}"),
        };
    }

    /// <summary>A path through which what is held can be opened, and whose link says where it really lies.</summary>
    public static string PlaceOf(SafeFileHandle held) => $"{Handles}/{held.DangerousGetHandle()}";

    /// <summary>What is held in place of a regular file, in words; null for one.</summary>
    /// <exception cref="IOException">The system does not say.</exception>
    public static string? KindOf(SafeFileHandle held)
    {
        Span<byte> status = stackalloc byte[SizeOfStatus];
        if (Status((int)held.DangerousGetHandle(), "", OfTheHandle, Kind, ref MemoryMarshal.GetReference(status)) != 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        return (MemoryMarshal.Read<ushort>(status[OffsetOfMode..]) & 0xF000) switch
        {
            0x8000 => null,
            0x1000 => "a named pipe",
            0x2000 or 0x6000 => "a device",
            0x4000 => "a folder",
            0xC000 => "a socket",
            _ => "no regular file",
        };
    }

    // Old versions of musl have no statx, and old sandboxes do not let it through.
    private static bool HasStatus()
    {
        try
        {
            using var held = Hold(Handles);
            return KindOf(held) is not null;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int handle, string path, int flags, uint mask, ref byte status);
}
