using SeqServe.Core.Errors;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>Finds the model version that answers a request, and says why there is none.</summary>
internal sealed class ModelLookup(PublishedModels published)
{
    // Each attempt but the first needs a reload that was published between two instructions: more than two do not happen.
    private const int MaxAttempts = 16;

    private volatile bool _isDraining;
    private volatile bool _hasStarted;

    /// <summary>Whether new requests are refused.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Whether every start-up model has been tried.</summary>
    public bool HasStarted => _hasStarted;

    /// <summary>From now on every new request is refused.</summary>
    public void Drain() => _isDraining = true;

    /// <summary>Every start-up model has been tried.</summary>
    public void Started() => _hasStarted = true;

    /// <summary>Whether one of the loaded models of a task meets a condition. Takes no lock.</summary>
    /// <param name="task">The task.</param>
    /// <param name="state">What the condition needs.</param>
    /// <param name="condition">The condition.</param>
    public bool AnyServed<TState>(string task, TState state, Func<ServedModel, TState, bool> condition)
    {
        var entries = published.Catalog.Entries;
        for (var i = 0; i < entries.Count; i++)
        {
            var versions = entries[i].Versions;
            for (var j = 0; j < versions.Count; j++)
            {
                if (versions[j].Served is { } served && served.Manifest.Task == task && condition(served, state))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Looks a version up and keeps it loaded until the lease is disposed.</summary>
    /// <param name="task">The task, or null for a model of any task.</param>
    /// <param name="name">The model's name, or null for the task's default.</param>
    /// <param name="version">The version, or null for the newest that is Ready.</param>
    /// <exception cref="ServingException">There is none to lease; the code and the message say why.</exception>
    public ModelLease<TModel> Lease<TModel>(string? task, string? name, int? version)
        where TModel : ServedModel
    {
        if (_isDraining)
        {
            throw new ServingException(ServingErrorCode.Draining, "The server is shutting down. Send the request to another replica.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }

        var attempts = 0;
        while (true)
        {
            var catalog = published.Catalog;
            var entry = name is null ? DefaultOf(catalog, task!) : Find(catalog, name);
            if (task is not null && entry.Manifest is { } manifest && manifest.Task != task)
                throw OtherTask(entry, manifest.Task, task);
            var found = entry.Find(version) ?? throw NoVersion(entry, version);
            if (found.Served is not { } served)
                throw NotReady(entry, found);
            if (served is not TModel model)
                throw OtherKind(entry, served, typeof(TModel));
            if (model.TryHold())
                return new ModelLease<TModel>(model);
            // Retired since the catalog was read, and then another is published already.
            if (++attempts == MaxAttempts || ReferenceEquals(catalog, published.Catalog))
                throw Reloading(entry);
        }
    }

    /// <summary>The model that a lease would be of now, or null where a lease is refused.</summary>
    public ServedModel? Peek(string task, string? name, int? version)
    {
        var catalog = published.Catalog;
        var entry = name is null ? catalog.DefaultOf(task) : catalog.Find(name);
        return entry?.Manifest?.Task == task && !_isDraining ? entry.Find(version)?.Served : null;
    }

    /// <summary>What is known of a model.</summary>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>.</exception>
    public ModelDescription Describe(string name)
    {
        var catalog = published.Catalog;
        return catalog.Describe(Find(catalog, name));
    }

    private static ModelEntry Find(ModelCatalog catalog, string name) =>
        catalog.Find(name) ?? throw new ServingException(ServingErrorCode.ModelNotFound, "No model of that name. GET /v1/models lists the models there are.");

    private ModelEntry DefaultOf(ModelCatalog catalog, string task)
    {
        if (catalog.DefaultOf(task) is { } entry)
            return entry;
        if (!_hasStarted)
            throw new ServingException(ServingErrorCode.ModelNotReady, "The server is still loading its models.") { RetryAfter = TimeSpan.FromSeconds(2) };
        throw new ServingException(
            ServingErrorCode.ModelNotFound, $"No model is the default of task \"{task}\". Name one in \"model\"; GET /v1/models lists the models there are.");
    }

    private static ServingException OtherTask(ModelEntry entry, string has, string needed) => ServingException.ForField(
        ServingErrorCode.InvalidRequest, "model",
        $"\"{entry.Name}\" is a model of task \"{has}\", this route needs one of task \"{needed}\"; name such a model or use the route of \"{has}\"");

    private static ServingException OtherKind(ModelEntry entry, ServedModel served, Type needed) => ServingException.ForField(
        ServingErrorCode.InvalidRequest, "model",
        $"\"{entry.Name}\" is a model of task \"{served.Manifest.Task}\" and loaded as {served.GetType().Name}; this route needs one loaded as {needed.Name}");

    private static ServingException NoVersion(ModelEntry entry, int? version) => new(
        ServingErrorCode.ModelNotFound,
        $"Model \"{entry.Name}\" has no version {version} in service; it has {string.Join(", ", entry.Versions.Select(v => v.Number))}.");

    private static ServingException Reloading(ModelEntry entry) =>
        new(ServingErrorCode.ModelNotReady, $"Model \"{entry.Name}\" is being reloaded. Send the request again.") { RetryAfter = TimeSpan.FromSeconds(1) };

    private static ServingException NotReady(ModelEntry entry, ModelVersion version) =>
        new(ServingErrorCode.ModelNotReady, $"Model \"{entry.Name}\" version {version.Number} is {version.Status.State}: {version.Status.Reason}.")
        {
            // Loading takes seconds; what is Unavailable needs an operator.
            RetryAfter = TimeSpan.FromSeconds(version.Status.State == ModelState.Loading ? 2 : 30),
        };
}

/// <summary>Keeps a model version loaded while a request uses it. Dispose it when the request is answered.</summary>
/// <typeparam name="TModel">The kind of model.</typeparam>
public sealed class ModelLease<TModel> : IDisposable
    where TModel : ServedModel
{
    private TModel? _model;

    internal ModelLease(TModel model)
    {
        _model = model;
        model.Metrics.RequestEntered();
    }

    /// <summary>The model.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public TModel Model => _model ?? throw new ObjectDisposedException(nameof(ModelLease<>));

    /// <summary>Ends the lease. The last lease of a retired model only hands it over; it is disposed on another thread.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _model, null) is not { } model)
            return;
        model.Metrics.RequestLeft();
        model.Release();
    }
}
