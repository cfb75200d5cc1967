using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Onnx;

/// <summary>The one ONNX Runtime environment of the process: telemetry off, its messages in our log.</summary>
internal static partial class OnnxEnvironment
{
    private static readonly Lock s_gate = new();
    private static ILogger? s_logger;

    // Held so that the delegate outlives every native call.
    private static DOrtLoggingFunction? s_log;

    /// <summary>Creates the environment on first use; the log of the last caller that has one receives the messages.</summary>
    public static OrtEnv Get(ILogger? logger = null)
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
                OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
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
