namespace SeqServe.Core.Tasks;

/// <summary>The tasks that this server knows.</summary>
/// <param name="tasks">Each by another name.</param>
public sealed class TaskCatalog(IEnumerable<ModelTask> tasks)
{
    private readonly Dictionary<string, ModelTask> _tasks = tasks.ToDictionary(task => task.Name, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public IReadOnlyCollection<string> Names => _tasks.Keys;

    /// <summary>The task of a name that a manifest has been found to name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ModelTask this[string name] => _tasks[name];
}
