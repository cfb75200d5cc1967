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

    /// <summary>
    /// Puts an entry in the place of the model's present one, then retires what is loaded and not in it any more. No request fails in between.
    /// </summary>
    /// <returns>False when nothing is published any more; what the entry holds is still the caller's.</returns>
    public bool TryPublish(ModelEntry entry)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            var old = _catalog.Find(entry.Name);
            Swap(_catalog.With(entry));
            foreach (var version in old?.Versions ?? [])
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
    /// <returns>Done when the last of these is answered and the memory is free.</returns>
    public Task Unload(string name)
    {
        lock (_gate)
            return _catalog.Find(name) is { } entry ? TakeOut(entry, isExpected: false) : Task.CompletedTask;
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
    public void Discard(ServedModel model) => retirements.Retire(model, static () => { });

    private Task TakeOut(ModelEntry entry, bool isExpected)
    {
        var now = time.GetUtcNow();
        var leaving = new List<(ServedModel Model, ModelVersion Unloading, TaskCompletionSource Retired)>();
        var next = entry.Change(
            version =>
            {
                if (version.Served is not { } served)
                    return version.Status.State == ModelState.Unloading ? version : version.Unloaded(now);
                var retired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var unloading = version.Unloading(retired.Task, now);
                leaving.Add((served, unloading, retired));
                return unloading;
            },
            isExpected);
        // First, so that a request which finds a model retired also finds the catalog changed.
        Swap(_catalog.With(next));
        foreach (var (model, unloading, retired) in leaving)
            Retire(model, unloading, retired);
        return Task.WhenAll(next.Versions.Select(version => version.Retired));
    }

    private void Retire(ServedModel model, ModelVersion unloading, TaskCompletionSource retired) => retirements.Retire(model, () =>
    {
        TryReplace(unloading, unloading.Unloaded(time.GetUtcNow()));
        retired.TrySetResult();
    });

    private void Swap(ModelCatalog catalog) => Volatile.Write(ref _catalog, catalog);
}
