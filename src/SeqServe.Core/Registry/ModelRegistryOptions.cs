using SeqServe.Core.Compute;
using SeqServe.Core.Decoding;
using SeqServe.Core.Graphs;

namespace SeqServe.Core.Registry;

/// <summary>Which models are loaded, which is the default of a task, and how long they may take.</summary>
public sealed class ModelRegistryOptions
{
    /// <summary>Names of the models to load.</summary>
    /// <value>Default empty: all.</value>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Default model by task name.</summary>
    /// <value>Default empty: the model whose manifest says <c>"default": true</c>.</value>
    public IReadOnlyDictionary<string, string> DefaultModels { get; init; } = new Dictionary<string, string>();

    /// <summary>Most time of each step of a load that runs the graph: a probe, a warm-up, a golden case.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan ProbeTimeout { get; init; } = ModelRuns.DefaultMaxStep;

    /// <summary>What a request of tensors may cost.</summary>
    public TensorLimits Tensors { get; init; } = new();

    /// <summary>Most bytes of state that the sequences of all models keep together.</summary>
    /// <value>Default null: <see cref="StateBudget.LimitOf"/>.</value>
    public long? MaxStateBytes { get; init; }

    /// <summary>Most bytes of keys, values and sources that the rows of all generating models take together while they are decoded.</summary>
    /// <value>Default null: <see cref="CacheBudget.LimitOf"/>.</value>
    public long? MaxCacheBytes { get; init; }

    /// <summary>How long a model that is unloaded or replaced may take for the requests it has taken; then their runs are ended.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan UnloadTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
