namespace SeqServe.Core.Registry;

/// <summary>All models at one moment and which of them are the defaults of the tasks, immutable. A request sees one catalog and never parts of two.</summary>
internal sealed class ModelCatalog
{
    private readonly IReadOnlyDictionary<string, string> _configured;
    private readonly Dictionary<string, ModelEntry> _byName;
    private readonly Dictionary<string, ModelEntry> _defaults;

    /// <param name="configured">Names of the configured default models by task.</param>
    /// <param name="entries">The models.</param>
    public ModelCatalog(IReadOnlyDictionary<string, string> configured, IEnumerable<ModelEntry> entries)
    {
        _configured = configured;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        Entries = [.. _byName.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        _defaults = DefaultModels();
    }

    /// <summary>All models, by name.</summary>
    public IReadOnlyList<ModelEntry> Entries { get; }

    /// <summary>A model, or null.</summary>
    public ModelEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The default model of a task, or null.</summary>
    public ModelEntry? DefaultOf(string task) => _defaults.GetValueOrDefault(task);

    /// <summary>The catalog with a model added, or with another entry in its place.</summary>
    public ModelCatalog With(ModelEntry entry) => new(_configured, Entries.Where(e => e.Name != entry.Name).Append(entry));

    /// <summary>Faults of the configured defaults: names that are not in the repository or do another task.</summary>
    public IReadOnlyList<string> DefaultFaults() =>
        [.. from configured in _configured
            where Find(configured.Value) is not { } entry || (entry.Manifest is { } manifest && manifest.Task != configured.Key)
            select $"SeqServe:DefaultModels:{configured.Key} = {configured.Value}: the repository has no model of that name and task"];

    public ModelDescription Describe(ModelEntry entry) => new(
        entry.Name,
        entry.Manifest,
        entry.Manifest is { } manifest && DefaultOf(manifest.Task) == entry,
        entry.IsExpected,
        [.. entry.Versions.Select(v => new ModelVersionDescription(v.Number, v.Status, v.Served))]);

    // The configured default, else the first by name whose manifest claims to be it.
    private Dictionary<string, ModelEntry> DefaultModels()
    {
        var defaults = new Dictionary<string, ModelEntry>();
        foreach (var (task, name) in _configured)
        {
            if (Find(name) is { } entry)
                defaults[task] = entry;
        }

        foreach (var entry in Entries)
        {
            if (entry.Manifest is { Default: true } manifest)
                defaults.TryAdd(manifest.Task, entry);
        }

        return defaults;
    }
}
