using SeqServe.Core.Batching;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>The catalog that requests see, and the only place where it changes. What is taken out of it is retired.</summary>
/// <param name="defaults">Names of the configured default models by task.</param>
/// <param name="retirements">Disposes what is taken out of service.</param>
/// <param name="time">Dates the states.</param>
internal sealed class PublishedModels(IReadOnlyDictionary<string, string> defaults, RetirementQueue retirements, TimeProvider time)
{
    private readonly Lock _gate = new();
    private ModelCatalog _catalog = new(defaults, []);
    private bool _isClosed;

    /// <summary>What is published now.</summary>
    public ModelCatalog Catalog => Volatile.Read(ref _catalog);

    /// <summary>Publishes the first catalog.</summary>
    public void Begin(IEnumerable<ModelEntry> entries)
    {
        lock (_gate)
        {
            if (!_isClosed)
                Swap(new ModelCatalog(defaults, entries));
        }
    }

    /// <summary>Publishes a model as it was found, unless one of its versions serves: that one stays until another is loaded beside it.</summary>
    /// <returns>The entry, whose versions are to be loaded into their places; null where a version serves.</returns>
    public ModelEntry? TryBegin(RepositoryModel found)
    {
        lock (_gate)
        {
            var present = _catalog.Find(found.Name);
            if (present is { Serves: true })
                return null;
            var entry = ModelEntry.Found(found, present?.IsExpected ?? false, time.GetUtcNow());
            if (!_isClosed)
                Swap(_catalog.With(entry));
            return entry;
        }
    }

    /// <summary>
    /// Puts an entry in the place of the model's present one, then retires what is loaded and not in it any more. No request fails in between.
    /// </summary>
    /// <param name="name">The model's name.</param>
    /// <param name="next">
    /// Makes the entry of the present one, null for none. Called inside of the lock: a version that was published while the others were loaded is in it.
    /// </param>
    /// <returns>False when nothing is published any more; what the entry would hold is still the caller's.</returns>
    public bool TryPublish(string name, Func<ModelEntry?, ModelEntry> next)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            var present = _catalog.Find(name);
            var entry = next(present);
            Swap(_catalog.With(entry));
            foreach (var version in present?.Versions ?? [])
            {
                if (version.Loaded is { } loaded && entry.Versions.All(v => v.Loaded != loaded))
                    Discard(loaded);
            }

            return true;
        }
    }

    /// <summary>Puts another object in the place of a version.</summary>
    /// <returns>False when the version is not published any more, because its model was unloaded or reloaded meanwhile.</returns>
    public bool TryReplace(ModelVersion version, ModelVersion next)
    {
        lock (_gate)
        {
            if (_catalog.Find(version.Source.Name)?.Replace(version, next) is not { } entry)
                return false;
            Swap(_catalog.With(entry));
            return true;
        }
    }

    /// <summary>
    /// Shows what keeps the content of a model's folder from being loaded: as the reason of the versions that serve on, else of those that are Unavailable.
    /// </summary>
    /// <returns>False when there is no such model.</returns>
    public bool TryNote(string name, string fault)
    {
        lock (_gate)
        {
            if (_catalog.Find(name) is not { } entry)
                return false;
            var state = entry.Serves ? ModelState.Ready : ModelState.Unavailable;
            Swap(_catalog.With(entry.Change(version => version.Status.State == state ? version.Noted(fault) : version, entry.IsExpected)));
            return true;
        }
    }

    /// <summary>Takes a model out of service: it takes no more requests, and those taken are answered.</summary>
    /// <returns>Its versions that are not disposed yet.</returns>
    public IReadOnlyList<Retirement> Unload(string name)
    {
        lock (_gate)
            return _catalog.Find(name) is { } entry ? TakeOut(entry, isExpected: false) : [];
    }

    /// <summary>Takes every model out of service, ends the runs that go on, and publishes none from now on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var entry in _catalog.Entries)
            {
                var loaded = entry.Versions.Select(version => version.Loaded).OfType<ServedModel>().ToList();
                TakeOut(entry, entry.IsExpected);
                loaded.ForEach(static model => model.Runs.EndAll(RowFailures.Closed()));
            }
        }
    }

    /// <summary>Retires a model that is not published, or not any more.</summary>
    public void Discard(ServedModel model) => retirements.Retire(new Retirement(model));

    private List<Retirement> TakeOut(ModelEntry entry, bool isExpected)
    {
        var now = time.GetUtcNow();
        var leaving = new List<Retirement>();
        var next = entry.Change(
            version =>
            {
                if (version.Loaded is not { } loaded)
                    return version.Status.State == ModelState.Unloading ? version : version.Unloaded(now);
                leaving.Add(new Retirement(loaded, ended => Unloaded(entry.Name, ended)));
                return version.Unloading(leaving[^1], now);
            },
            isExpected);
        // First, so that a request which finds a model retired also finds the catalog changed.
        Swap(_catalog.With(next));
        leaving.ForEach(retirements.Retire);
        return [.. next.Versions.Select(version => version.Retirement).OfType<Retirement>()];
    }

    // Its version, unless another is published in its place meanwhile.
    private void Unloaded(string name, Retirement ended)
    {
        lock (_gate)
        {
            if (_catalog.Find(name) is { } entry)
                Swap(_catalog.With(entry.Change(version => version.Retirement == ended ? version.Unloaded(time.GetUtcNow()) : version, entry.IsExpected)));
        }
    }

    private void Swap(ModelCatalog catalog) => Volatile.Write(ref _catalog, catalog);
}

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
        Current = versions.LastOrDefault(static version => version.Loaded is not null) ?? versions[^1];
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
    public bool Serves => Current.Loaded is not null;

    /// <summary>A model as it was found, none of its versions loaded.</summary>
    public static ModelEntry Found(RepositoryModel model, bool isExpected, DateTimeOffset now)
    {
        var wanted = model.Manifest?.VersionPolicy.Select(model.Versions) ?? model.Versions;
        // A model without any version still needs a place to show its fault.
        IReadOnlyList<int> numbers = wanted.Count > 0 ? [.. wanted.TakeLast(VersionPolicy.MaxServed)] : [0];
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
    /// <summary>Its state, why, and since when: a version whose run does not end is Unavailable until it does.</summary>
    public ModelStatus Status
    {
        get => Loaded?.Runs.Fault is { } fault ? new ModelStatus(ModelState.Unavailable, fault.Reason, fault.Since) : field;
        init;
    } = Status;

    /// <summary>The loaded model, whether or not it can serve now; null unless it was Ready and was not taken out of service.</summary>
    public ServedModel? Loaded { get; private init; }

    /// <summary>The loaded model; null unless the state is Ready.</summary>
    public ServedModel? Served => Loaded is { Runs.Fault: null } loaded ? loaded : null;

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

    public ModelVersion Ready(ServedModel model, DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Ready, "", now), Loaded = model };

    public ModelVersion Failed(string reason, DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Unavailable, reason, now) };

    /// <summary>Serves on, or stays Unavailable, and says what keeps the content of its folder from being loaded.</summary>
    public ModelVersion Noted(string fault) => this with
    {
        Status = Status with { Reason = Loaded is null ? fault : $"serves as loaded before; the reload failed: {fault}" },
    };

    public ModelVersion Unloading(Retirement retirement, DateTimeOffset now) => this with
    {
        Status = new ModelStatus(ModelState.Unloading, "answers the requests it has taken", now),
        Loaded = null,
        Retirement = retirement,
    };

    public ModelVersion Unloaded(DateTimeOffset now) => Failed("unloaded", now) with { Retirement = null };
}
