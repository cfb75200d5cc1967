using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Onnx;

/// <summary>The one ONNX Runtime environment of the process: telemetry off, its messages in our log.</summary>
internal static partial class OnnxEnvironment
{
    // ArenaExtendStrategy::kNextPowerOfTwo of the runtime: its first chunk stays when an arena is shrunk, which every bounded run does at its end. So runs that
    // take less than that cost nothing more.
    private const int NextPowerOfTwo = 0;
    private const int FirstChunk = 64 << 20;

    private static readonly Lock s_gate = new();
    private static ILogger? s_logger;

    // Held so that the delegate outlives every native call.
    private static DOrtLoggingFunction? s_log;

    /// <summary>Bytes that bounded sessions share for their runs.</summary>
    public static long MaxRunBytes { get; private set; } = OnnxOptions.DefaultMaxRunBytes;

    /// <summary>
    /// Creates the environment on first use; the log of the last caller that has one receives the messages. The memory that bounded sessions share is as
    /// large as the first caller says.
    /// </summary>
    public static OrtEnv Get(ILogger? logger = null, long maxRunBytes = OnnxOptions.DefaultMaxRunBytes)
    {
        lock (s_gate)
        {
            s_logger = logger ?? s_logger;
            if (!OrtEnv.IsCreated)
            {
                OnnxTelemetry.TurnOff();
                s_log = Log;
                var options = new EnvironmentCreationOptions
                {
                    logId = "seqserve",
                    logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
                    loggingFunction = s_log,
                };
                var created = OrtEnv.CreateInstanceWithOptions(ref options);
                created.DisableTelemetryEvents();
                using var arena = new OrtArenaCfg((uint)(MaxRunBytes = Math.Min(maxRunBytes, uint.MaxValue)), NextPowerOfTwo, FirstChunk, -1);
                using var cpu = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
                created.CreateAndRegisterAllocator(cpu, arena);
            }

            return OrtEnv.Instance();
        }
    }

    private static void Log(IntPtr param, OrtLoggingLevel severity, string category, string logId, string codeLocation, string message)
    {
        if (s_logger is { } logger)
            RuntimeMessage(logger, severity >= OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR ? LogLevel.Error : LogLevel.Warning, message, codeLocation);
    }

    [LoggerMessage(EventId = EventIds.RuntimeMessage, Message = "ONNX Runtime: {RuntimeMessage} ({CodeLocation})")]
    private static partial void RuntimeMessage(ILogger logger, LogLevel level, string runtimeMessage, string codeLocation);
}
