namespace SeqServe.Core.Registry;

/// <summary>Which models are loaded and which is the default of a task.</summary>
public sealed class ModelRegistryOptions
{
    /// <summary>Names of the models to load.</summary>
    /// <value>Default empty: all.</value>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Default model by task name.</summary>
    /// <value>Default empty: the model whose manifest says <c>"default": true</c>.</value>
    public IReadOnlyDictionary<string, string> DefaultModels { get; init; } = new Dictionary<string, string>();
}
