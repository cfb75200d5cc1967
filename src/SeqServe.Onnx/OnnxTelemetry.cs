using System.Runtime.InteropServices;

namespace SeqServe.Onnx;

/// <summary>
/// Turns off what ONNX Runtime reports to its vendor. Since 1.29 the official Linux builds send session and model facts by default and keep a device id in the
/// user's cache folder; both begin with the environment, before <c>DisableTelemetryEvents</c> can be called on it.
/// </summary>
internal static partial class OnnxTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";
    private const string On = "1";

    /// <summary>To be called before the first use of ONNX Runtime in the process.</summary>
    public static void TurnOff()
    {
        Environment.SetEnvironmentVariable(Variable, On);
        // On Unix .NET changes a copy of its own, which native code does not see.
        if (!OperatingSystem.IsWindows())
            _ = SetEnv(Variable, On, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
