using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;
using SeqServe.Onnx.Files;

namespace SeqServe.Onnx;

/// <summary>The only place that makes sessions, so that all of them get the same options.</summary>
internal sealed partial class SessionFactory(OnnxOptions options, ExecutionProviders providers, ILogger<SessionFactory> logger)
{
    /// <summary>Name and version of the runtime.</summary>
    public string Runtime => $"onnxruntime {OnnxEnvironment.Get(logger).GetVersionString()}";

    /// <summary>Opens the sessions of a graph.</summary>
    /// <param name="graphFile">Absolute path.</param>
    /// <param name="instances">Where and how they run.</param>
    /// <returns>The pool; the caller disposes it.</returns>
    /// <exception cref="BackendException">The file is no graph that can be run here.</exception>
    public SessionPool Open(string graphFile, InstanceOptions instances)
    {
        OnnxEnvironment.Get(logger);
        GraphFileCheck.Run(graphFile);
        try
        {
            return OpenOn(instances.Device, graphFile, instances);
        }
        catch (BackendException e) when (providers.MayFallBack(instances.Device, e))
        {
            // A CUDA build without a usable device says so only when a session is made.
            return OpenOn(DevicePreference.Cpu, graphFile, instances);
        }
    }

    private SessionPool OpenOn(DevicePreference wish, string graphFile, InstanceOptions instances)
    {
        var sessions = new List<InferenceSession>();
        try
        {
            using var sessionOptions = Options(wish, IntraOpThreads(instances), spins: false, out var device);
            for (var i = 0; i < (instances.Sessions ?? 1); i++)
                sessions.Add(new InferenceSession(graphFile, sessionOptions));
            var latencyThreads = LatencyThreads(instances, device);
            return new SessionPool(
                sessions, device, IntraOpThreads(instances), Permits(instances, device), latencyThreads, latencyThreads > IntraOpThreads(instances) ? () => OpenShared(graphFile, instances) : null);
        }
        catch (Exception e)
        {
            sessions.ForEach(session => session.Dispose());
            if (e is not OnnxRuntimeException)
                throw;
            throw new BackendException($"{Path.GetFileName(graphFile)} cannot be opened: {OpenFaults.Tell(e.Message, graphFile)}", e);
        }
    }

    private SharedSessions? OpenShared(string graphFile, InstanceOptions instances)
    {
        var opened = new List<InferenceSession>();
        SharedGraph? graph = null;
        try
        {
            using (var optimizing = CpuOptions(IntraOpThreads(instances)))
                graph = SharedGraph.Optimize(optimizing, options => new InferenceSession(graphFile, options).Dispose());
            for (var i = 0; i < (instances.Sessions ?? 1); i++)
            {
                using var throughput = CpuOptions(IntraOpThreads(instances));
                opened.Add(Open(graph, throughput));
            }

            using var latency = CpuOptions(LatencyThreads(instances, ExecutionProviders.Cpu), spins: true);
            opened.Add(Open(graph, latency));
            graph.Close();
            return new SharedSessions(graph, opened[..^1], opened[^1]);
        }
        catch (Exception e)
        {
            opened.ForEach(session => session.Dispose());
            graph?.Dispose();
            if (e is not (OnnxRuntimeException or IOException or UnauthorizedAccessException or InvalidDataException))
                throw;
            NoLatencySession(logger, Path.GetFileName(graphFile), e is OnnxRuntimeException ? OpenFaults.Tell(e.Message, graphFile) : $"its weights are shared through the folder for temporary files ({Path.GetTempPath()}), which cannot be used: {e.Message}");
            return null;
        }
    }

    private static InferenceSession Open(SharedGraph graph, SessionOptions options)
    {
        graph.AddTo(options);
        return new InferenceSession(graph.File, options, graph.Packed);
    }

    // One thread per run and as many runs as cores gives the best throughput; the scheduler's threads are that budget.
    private int IntraOpThreads(InstanceOptions instances) => Math.Min(instances.IntraOpThreads ?? 1, options.Threads);

    // Who sets the threads of a run means all runs. A device of its own has its own threads.
    private int LatencyThreads(InstanceOptions instances, string device) =>
        device != ExecutionProviders.Cpu ? IntraOpThreads(instances) : Math.Min(instances.LatencyThreads ?? instances.IntraOpThreads ?? options.Threads, options.Threads);

    private SessionOptions CpuOptions(int threads, bool spins = false) => Options(DevicePreference.Cpu, threads, spins, out _);

    private SessionOptions Options(DevicePreference wish, int threads, bool spins, out string device)
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
            // Spinning threads take 40–55 % of a busy machine's CPU for nothing (measured with intra-op 2 on 2 cores). Those of a run that has the machine to itself
            // may: a wake-up takes longer than a part of a run, and a millisecond lets a client who sends one request after the other find them awake (p99 of 1.4 ms;
            // 2.6 ms where they sleep between runs).
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", spins ? "1" : "0");
            if (spins)
                session.AddSessionConfigEntry("session.intra_op.spin_duration_us", "1000");
            session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            device = providers.Append(wish, session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    // On the CPU Run may be called from any number of threads; a CUDA session is given to one run at a time.
    private int Permits(InstanceOptions instances, string device) =>
        device == ExecutionProviders.Cuda ? instances.Sessions ?? 1 : Math.Max(1, options.Threads / IntraOpThreads(instances));

    [LoggerMessage(EventIds.NoLatencySession, LogLevel.Warning, "{Graph}: no latency session, lone requests run on the others: {Reason}")]
    private static partial void NoLatencySession(ILogger logger, string graph, string reason);
}
