using System.Runtime.InteropServices;

namespace SeqServe.LoadTest;

/// <summary>Sleeps for less than the millisecond that a wait handle is good for.</summary>
internal static partial class Nap
{
    private static readonly TimeSpan s_longestNap = TimeSpan.FromMilliseconds(20);

    public static void For(TimeSpan time, CancellationToken stop)
    {
        if (time > s_longestNap || !OperatingSystem.IsLinux())
        {
            stop.WaitHandle.WaitOne(time);
            return;
        }

        var request = new Timespec { Nanoseconds = (nint)time.TotalNanoseconds };
        _ = nanosleep(in request, IntPtr.Zero);
    }

    [LibraryImport("libc")]
    private static partial int nanosleep(in Timespec request, IntPtr remaining);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
