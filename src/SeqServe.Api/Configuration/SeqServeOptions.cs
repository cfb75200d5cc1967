using SeqServe.Core.Backends;
using SeqServe.Core.Graphs;
using SeqServe.Onnx;

namespace SeqServe.Api.Configuration;

/// <summary>The server's configuration, section <c>SeqServe</c> of appsettings, environment (<c>SeqServe__…</c>) or command line.</summary>
public sealed class SeqServeOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "SeqServe";

    /// <summary>Folder of the models.</summary>
    /// <value>Default: the shipped <c>models/</c>.</value>
    public string? ModelRepository { get; set; }

    /// <summary>Names of the models to load.</summary>
    /// <value>Default empty: all.</value>
    public IList<string> Models { get; set; } = [];

    /// <summary>Device of models whose manifest says <c>auto</c>: <c>auto</c> or an execution provider's name, <c>cuda</c> or <c>cpu</c>.</summary>
    /// <value>Default <c>auto</c>.</value>
    public string Device { get; set => field = value ?? DeviceNames.Auto; } = DeviceNames.Auto;

    /// <summary>How NVIDIA's GPUs are used.</summary>
    public CudaSettings Cuda { get; set; } = new();

    /// <summary>CPU budget in threads, 1–1024.</summary>
    /// <value>Default: the CPU quota of the process's cgroup, rounded up.</value>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>Default model by task: <c>classification</c>, <c>translation</c>, <c>language-model</c>.</summary>
    /// <value>Default empty: the manifests say.</value>
    public IDictionary<string, string> DefaultModels { get; set; } = new Dictionary<string, string>();

    /// <summary>Whether models are measured after loading, to find the batch size that suits them.</summary>
    /// <value>Default true.</value>
    public bool MeasurePlans { get; set; } = true;

    /// <summary>Whether the server sends itself a request of each kind before it is ready, so that a client's first one takes as long as later ones.</summary>
    /// <value>Default true.</value>
    public bool WarmUp { get; set; } = true;

    /// <summary>Folder in which the measurements are kept for the next start; an empty one keeps none.</summary>
    /// <value>Default <c>seqserve/plans</c> in the user's cache or application data folder.</value>
    public string PlanCache { get; set; } = PlansIn(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>Most bytes of a request body, 1 KiB–1 GiB.</summary>
    /// <value>Default 1 MiB.</value>
    public long MaxRequestBytes { get; set; } = 1 << 20;

    /// <summary>Most bytes of a request body of the Open Inference Protocol, 1 KiB–1 GiB.</summary>
    /// <value>Default 64 MiB.</value>
    public long MaxTensorRequestBytes { get; set; } = 64 << 20;

    /// <summary>Most elements of the inputs of one request of the Open Inference Protocol, 1–2147483647.</summary>
    /// <value>Default 16777216: 64 MiB of FP32.</value>
    public long MaxTensorElements { get; set; } = new TensorLimits().MaxInputElements;

    /// <summary>Most bytes of the outputs of one request of the Open Inference Protocol, 1 KiB–2 GiB.</summary>
    /// <value>Default 256 MiB.</value>
    public long MaxTensorOutputBytes { get; set; } = new TensorLimits().MaxOutputBytes;

    /// <summary>Most bytes that the runs of models of tensors take between their nodes, all together, on the CPU: 16 MiB–4 GiB.</summary>
    /// <value>Default 2 GiB.</value>
    public long MaxTensorRunBytes { get; set; } = OnnxOptions.DefaultMaxRunBytes;

    /// <summary>Most bytes of state that the sequences of all models keep together, 1 MiB–1 TiB.</summary>
    /// <value>Default none: 4 GiB, at most a quarter of the memory there is.</value>
    public long? MaxStateBytes { get; set; }

    /// <summary>
    /// Most bytes of keys, values and sources that the rows of all generating models take together while they are decoded, 1 MiB–1 TiB. Sequences beyond it
    /// wait.
    /// </summary>
    /// <value>Default none: half of the memory there is.</value>
    public long? MaxCacheBytes { get; set; }

    /// <summary>
    /// Most bytes of outputs of the Open Inference Protocol that wait to be read by their callers, all requests together, 1 MiB–1 TiB.
    /// </summary>
    /// <value>Default none: eight times <see cref="MaxTensorRequestBytes"/>, at most a quarter of the memory there is.</value>
    public long? MaxTensorAnswerBytes { get; set; }

    /// <summary>How long an answer may wait to be read by its caller, 1 s to an hour; longer while the caller takes 32 KiB a second.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan MaxAnswerTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most connections at a time, 1–1,000,000; what comes beyond is closed at once.</summary>
    /// <value>Default 10,000.</value>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Most texts in one request, 1–65536.</summary>
    /// <value>Default 128.</value>
    public int MaxClientBatch { get; set; } = 128;

    /// <summary>Most time of each step of a load that runs the graph, 1 s to an hour: a probe, a warm-up, a golden case.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a shutdown waits for the requests it has taken, and an unloaded model for its own, up to an hour.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a shutdown still takes requests after the server has said that it is not ready, up to an hour: as long as load balancers need to notice. It
    /// comes before <see cref="DrainTimeout"/>.
    /// </summary>
    /// <value>Default 0.</value>
    public TimeSpan ShutdownDelay { get; set; }

    /// <summary>Deadline of a request that sends no <c>X-Request-Timeout-Ms</c>, up to an hour.</summary>
    /// <value>Default none.</value>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>How often the repository is looked at for models that have changed, 1 s to a day.</summary>
    /// <value>Default none: models are loaded and unloaded on request.</value>
    public TimeSpan? RepositoryPollInterval { get; set; }

    /// <summary>Port of gRPC (HTTP/2 without TLS), on the host of HTTP; 0 for none.</summary>
    /// <value>Default none: 8081 where it is free.</value>
    public int? GrpcPort { get; set; }

    /// <summary>Secret that portable states are signed with, 16 characters or more; replicas with the same one read each other's states.</summary>
    /// <value>Default: one of the process's own.</value>
    public string? StateKey { get; set; }

    /// <summary>How log lines are written.</summary>
    /// <value>Default <see cref="LogFormat.Text"/>; the container sets <c>json</c>.</value>
    public LogFormat LogFormat { get; set; }

    /// <summary>What of the section could not be bound.</summary>
    internal IReadOnlyList<string> BindingFaults { get; private set; } = [];

    /// <summary>API keys by the name of their holder. While there are none, every request is let in.</summary>
    /// <value>Default empty.</value>
    public IDictionary<string, ApiKeyOptions> ApiKeys { get; set; } = new Dictionary<string, ApiKeyOptions>();

    /// <summary>Whether everybody may load and unload models while there are no API keys.</summary>
    /// <value>Default false: the routes that do so are closed.</value>
    public bool OpenAdmin { get; set; }

    /// <summary>Where plans are kept in a user's folder for data; nowhere for a user who has none, and never in the working directory.</summary>
    internal static string PlansIn(string dataFolder) => Path.IsPathRooted(dataFolder) ? Path.Combine(dataFolder, "seqserve", "plans") : "";

    /// <summary>Takes from the configuration what can be taken, and notes the rest for the validator.</summary>
    internal void Bind(IConfiguration configuration)
    {
        var split = ConfigurationSplit.Of(configuration.GetSection(Section), typeof(SeqServeOptions));
        BindingFaults = split.Faults;
        new ConfigurationBuilder().AddInMemoryCollection(split.Good).Build().Bind(this);
    }
}
