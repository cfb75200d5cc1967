using SeqServe.Core.Repository;
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
                if (version.Served is { } served && entry.Versions.All(v => v.Served != served))
                    Discard(served);
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

    /// <summary>Takes every model out of service, and publishes none from now on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var entry in _catalog.Entries)
                TakeOut(entry, entry.IsExpected);
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
                if (version.Served is not { } served)
                    return version.Status.State == ModelState.Unloading ? version : version.Unloaded(now);
                leaving.Add(new Retirement(served, ended => Unloaded(entry.Name, ended)));
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
