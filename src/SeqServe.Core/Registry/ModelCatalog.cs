using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;

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

/// <summary>A model of the repository at one moment, immutable: its name and its versions, all of the same task.</summary>
internal sealed class ModelEntry
{
    /// <param name="name">The model's name.</param>
    /// <param name="versions">Ascending, at least one.</param>
    /// <param name="isExpected">Whether the server counts as ready only with this model.</param>
    public ModelEntry(string name, IReadOnlyList<ModelVersion> versions, bool isExpected)
    {
        Name = name;
        Versions = versions;
        IsExpected = isExpected;
        Current = versions.LastOrDefault(static version => version.Served is not null) ?? versions[^1];
    }

    public string Name { get; }

    /// <summary>Ascending, at least one.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; }

    /// <summary>Whether the server counts as ready only with this model: it was there at the start and has not been unloaded since.</summary>
    public bool IsExpected { get; }

    /// <summary>The version that answers requests naming none: the newest that serves, else the newest.</summary>
    public ModelVersion Current { get; }

    /// <summary>The manifest of <see cref="Current"/>, or null when that has faults.</summary>
    public ModelManifest? Manifest => Current.Source.Manifest;

    /// <summary>Whether any version serves.</summary>
    public bool Serves => Current.Served is not null;

    /// <summary>A model as it was found, none of its versions loaded.</summary>
    public static ModelEntry Found(RepositoryModel model, bool isExpected, DateTimeOffset now)
    {
        var wanted = model.Manifest?.VersionPolicy.Select(model.Versions) ?? model.Versions;
        // A model without any version still needs a place to show its fault.
        IReadOnlyList<int> numbers = wanted.Count > 0 ? wanted : [0];
        return new ModelEntry(model.Name, [.. numbers.Select(number => ModelVersion.Found(number, model, now))], isExpected);
    }

    /// <summary>A version, or null; <see cref="Current"/> where none is named.</summary>
    public ModelVersion? Find(int? number)
    {
        if (number is null)
            return Current;
        foreach (var version in Versions)
        {
            if (version.Number == number)
                return version;
        }

        return null;
    }

    /// <summary>The entry with another object in the place of a version, or null when the version is not in it.</summary>
    public ModelEntry? Replace(ModelVersion version, ModelVersion next) =>
        Versions.Any(v => ReferenceEquals(v, version)) ? Change(v => ReferenceEquals(v, version) ? next : v, IsExpected) : null;

    /// <summary>The entry with each version changed.</summary>
    public ModelEntry Change(Func<ModelVersion, ModelVersion> change, bool isExpected) => new(Name, [.. Versions.Select(change)], isExpected);
}

/// <summary>
/// A model version at one moment, immutable: what it is loaded from, its state and, while it serves, the loaded model. A change of state is another
/// object in its place.
/// </summary>
/// <param name="Number">The version; 0 stands for a model without any.</param>
/// <param name="Source">The folder and the manifest that it is loaded from.</param>
/// <param name="Status">Its state, why, and since when.</param>
internal sealed record ModelVersion(int Number, RepositoryModel Source, ModelStatus Status)
{
    /// <summary>The loaded model; null unless the state is Ready.</summary>
    public ServedModel? Served { get; private init; }

    /// <summary>The loaded model that was taken out of service and is not disposed yet; null unless the state is Unloading.</summary>
    public Retirement? Retirement { get; private init; }

    /// <summary>The task of its manifest; null when the manifest has faults.</summary>
    public string? TaskName => Source.Manifest?.Task;

    /// <summary>A version that has been found and not been loaded yet; Unavailable when its model has a fault.</summary>
    public static ModelVersion Found(int number, RepositoryModel source, DateTimeOffset now) => new(
        number,
        source,
        source.Fault is { } fault ? new ModelStatus(ModelState.Unavailable, fault, now) : new ModelStatus(ModelState.Loading, "waits to be loaded", now));

    public ModelVersion Loading(DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Loading, "is being loaded", now) };

    public ModelVersion Ready(ServedModel model, DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Ready, "", now), Served = model };

    public ModelVersion Failed(string reason, DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Unavailable, reason, now) };

    /// <summary>Serves on, or stays Unavailable, and says what keeps the content of its folder from being loaded.</summary>
    public ModelVersion Noted(string fault) => this with
    {
        Status = Status with { Reason = Served is null ? fault : $"serves as loaded before; the reload failed: {fault}" },
    };

    public ModelVersion Unloading(Retirement retirement, DateTimeOffset now) => this with
    {
        Status = new ModelStatus(ModelState.Unloading, "answers the requests it has taken", now),
        Served = null,
        Retirement = retirement,
    };

    public ModelVersion Unloaded(DateTimeOffset now) => Failed("unloaded", now) with { Retirement = null };
}
