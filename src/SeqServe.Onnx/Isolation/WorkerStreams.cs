using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SeqServe.Onnx.Isolation;

/// <summary>What the system does for a process of a graph: it keeps the protocol apart from what libraries print, and ends it with its server.</summary>
internal static partial class WorkerStreams
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int CoreSize = 4;
    private const short HangUp = 0x10 | 0x20;

    /// <summary>
    /// Takes the protocol's streams away from where libraries print: from now on that goes to standard error. From now on, too, the process ends as soon as
    /// the server closes its end or dies, also in the middle of a run.
    /// </summary>
    public static Channel Take()
    {
        if (OperatingSystem.IsWindows())
            return new Channel(Console.OpenStandardInput(), Console.OpenStandardOutput());
        var (input, output) = (Duplicate(StandardInput), Duplicate(StandardOutput));
        _ = Replace(StandardError, StandardOutput);
        new Thread(() => EndWith(input), maxStackSize: 256 << 10) { IsBackground = true, Name = "seqserve-end-with-server" }.Start();
        return new Channel(Open(input, FileAccess.Read), Open(output, FileAccess.Write));
    }

    /// <summary>A process that dies of an input writes no memory, which holds other inputs, to the disk; and where memory is short it goes first.</summary>
    public static void Harden()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetLimit(CoreSize, default);
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the system chooses as it would have.
        }
    }

    private static FileStream Open(int descriptor, FileAccess access) => new(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0);

    private static void EndWith(int input)
    {
        var watched = new Watched { Descriptor = input };
        while (Poll(ref watched, 1, timeout: -1) <= 0 || (watched.Happened & HangUp) == 0)
        {
            // Interrupted by a signal.
        }

        Exit(0);
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Replace(int descriptor, int replaced);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Watched watched, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limits limits);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);

    [StructLayout(LayoutKind.Sequential)]
    private struct Watched
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limits
    {
        public readonly nuint Now;
        public readonly nuint Most;
    }
}
