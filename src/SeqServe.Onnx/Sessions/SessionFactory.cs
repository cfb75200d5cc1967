using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;
using SeqServe.Onnx.Files;
using SeqServe.Onnx.Providers;

namespace SeqServe.Onnx.Sessions;

/// <summary>The only place that makes sessions, so that all of them get the same options.</summary>
internal sealed partial class SessionFactory(OnnxOptions options, ExecutionProviders providers, ILogger<SessionFactory> logger)
{
    // One node, Identity of a float[1] x to y, opset 17, as onnx.helper writes it.
    private static readonly byte[] s_identity = Convert.FromBase64String(
        "CAgSADo3ChAKAXgSAXkiCElkZW50aXR5EgF0Wg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQEQ==");

    /// <summary>Name and version of the runtime.</summary>
    public string Runtime => $"onnxruntime {OnnxEnvironment.Get(logger, options.MaxRunBytes).GetVersionString()}";

    /// <summary>Names of the devices that graphs may be opened on.</summary>
    public IReadOnlyList<string> Devices => providers.Names;

    /// <summary>Refuses a start that asks for a device this build or this machine does not have.</summary>
    /// <exception cref="BackendException">The message says what is missing and what to do.</exception>
    public void Validate() => providers.Validate(Try);

    /// <summary>Opens the sessions of a graph.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="instances">Where and how they run.</param>
    /// <returns>The pool; the caller disposes it.</returns>
    /// <exception cref="BackendException">The file is no graph that can be run here.</exception>
    public SessionPool Open(string path, InstanceOptions instances) => Open(path, instances, bounded: false);

    /// <summary>As <see cref="Open(string, InstanceOptions)"/>, sessions whose runs share the memory of <see cref="OnnxOptions.MaxRunBytes"/>.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="instances">Where and how they run.</param>
    public SessionPool OpenBounded(string path, InstanceOptions instances) => Open(path, instances, bounded: true);

    // Bounded are those whose callers bring tensors.
    private SessionPool Open(string path, InstanceOptions instances, bool bounded)
    {
        OnnxEnvironment.Get(logger, options.MaxRunBytes);
        var file = GraphFileCheck.Run(path, withInputs: bounded);
        try
        {
            return providers.Open(instances.Device, provider => Open(file, new SessionPlan(provider, instances, options.Threads) { IsBounded = bounded }), Try);
        }
        catch (Exception e) when (e is OnnxRuntimeException or TypeLoadException)
        {
            throw new BackendException($"{file.Name} cannot be opened: {OpenFaults.Describe(e.Message, path)}", e);
        }
    }

    private SessionPool Open(GraphFile file, SessionPlan plan)
    {
        var sessions = new List<InferenceSession>();
        try
        {
            using var throughput = Options(plan, plan.ThreadsPerRun);
            for (var i = 0; i < plan.Sessions; i++)
                sessions.Add(new InferenceSession(file.Path, throughput));
            return new SessionPool(sessions, file, plan, plan.MayHaveLatencySession ? () => OpenShared(file, plan) : null);
        }
        catch
        {
            sessions.ForEach(session => session.Dispose());
            throw;
        }
    }

    private void Try(IExecutionProvider provider)
    {
        OnnxEnvironment.Get(logger, options.MaxRunBytes);
        using var session = new SessionOptions();
        providers.Append(provider, session);
        new InferenceSession(s_identity, session).Dispose();
    }

    private SharedSessions? OpenShared(GraphFile file, SessionPlan plan)
    {
        var opened = new List<InferenceSession>();
        SharedGraph? graph = null;
        try
        {
            using (var optimizing = Options(plan, plan.ThreadsPerRun))
                graph = SharedGraph.Optimize(optimizing, options => new InferenceSession(file.Path, options).Dispose());
            for (var i = 0; i < plan.Sessions; i++)
            {
                using var throughput = Options(plan, plan.ThreadsPerRun);
                opened.Add(Open(graph, throughput));
            }

            using var latency = Options(plan, plan.LatencyThreads, spins: true);
            opened.Add(Open(graph, latency));
            graph.Close();
            return new SharedSessions(graph, opened[..^1], opened[^1]);
        }
        catch (Exception e)
        {
            opened.ForEach(session => session.Dispose());
            graph?.Dispose();
            if (Reason(e, file) is not { } reason)
                throw;
            NoLatencySession(logger, file.Name, reason);
            return null;
        }
    }

    // Null for what is no fault of the graph, of a provider or of the folder.
    private static string? Reason(Exception e, GraphFile file) => e switch
    {
        BackendException => e.Message,
        OnnxRuntimeException or TypeLoadException => OpenFaults.Describe(e.Message, file.Path),
        IOException or UnauthorizedAccessException or InvalidDataException =>
            $"its weights are shared through the folder for temporary files ({Path.GetTempPath()}), which cannot be used: {e.Message}",
        _ => null,
    };

    private static InferenceSession Open(SharedGraph graph, SessionOptions options)
    {
        graph.AddTo(options);
        return new InferenceSession(graph.File, options, graph.Packed);
    }

    private SessionOptions Options(SessionPlan plan, int threads, bool spins = false)
    {
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogId = "seqserve",
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
        };
        try
        {
            // Spinning threads take 40–55 % of a busy machine's CPU for nothing (measured with intra-op 2 on 2 cores). Those of a run that has the
            // machine to itself may: a wake-up takes longer than a part of a run, and a millisecond lets a client that sends one request after the
            // other find them awake (p99 of 1.4 ms; 2.6 ms where they sleep between runs).
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", spins ? "1" : "0");
            if (spins)
                session.AddSessionConfigEntry("session.intra_op.spin_duration_us", "1000");
            session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            if (plan.IsBounded)
            {
                session.AddSessionConfigEntry("session.use_env_allocators", "1");
                // Weights are as large as the file, which is no matter of a run.
                session.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
            }

            providers.Append(plan.Provider, session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    [LoggerMessage(EventIds.NoLatencySession, LogLevel.Warning, "{Graph}: no latency session, lone requests run on the others: {Reason}")]
    private static partial void NoLatencySession(ILogger logger, string graph, string reason);
}
