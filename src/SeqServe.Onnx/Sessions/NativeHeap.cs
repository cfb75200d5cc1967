using System.Runtime.InteropServices;

namespace SeqServe.Onnx.Sessions;

/// <summary>
/// Gives the C library's free memory back to the system. A session's weights and arenas lie in many small parts of many threads' heaps, which the library
/// keeps for later: without this every reload leaves some of them resident.
/// </summary>
public static partial class NativeHeap
{
    private static bool s_isMissing = !OperatingSystem.IsLinux();

    /// <summary>To be called when much has been freed; takes milliseconds.</summary>
    public static void Trim()
    {
        if (s_isMissing)
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // musl has none and needs none.
            s_isMissing = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nint pad);
}
