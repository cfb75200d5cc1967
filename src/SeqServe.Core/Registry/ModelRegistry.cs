using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>All models of the repository with their states. A model that cannot be loaded stays visible with its reason and never stops the others.</summary>
public sealed partial class ModelRegistry : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileModelRepository _repository;
    private readonly ModelLoader _loader;
    private readonly ModelRegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelRegistry> _logger;
    private IReadOnlyDictionary<string, ModelEntry> _entries = new Dictionary<string, ModelEntry>();
    private IReadOnlyDictionary<string, ModelEntry> _defaults = new Dictionary<string, ModelEntry>();
    private volatile bool _draining;
    private volatile bool _started;
    private bool _disposed;
    private volatile bool _scanned;

    /// <summary>Makes an empty registry; <see cref="LoadAll"/> fills it.</summary>
    public ModelRegistry(FileModelRepository repository, ModelLoader loader, ModelRegistryOptions options, ServingMetrics metrics, TimeProvider time, ILogger<ModelRegistry> logger)
    {
        _repository = repository;
        _loader = loader;
        _options = options;
        _time = time;
        _logger = logger;
        metrics.ObserveStates(MeasureStates);
    }

    /// <summary>Whether every start-up model has been tried.</summary>
    public bool HasStarted => _started;

    /// <summary>Whether the server is shutting down and takes no new requests.</summary>
    public bool IsDraining => _draining;

    /// <summary>Reads every manifest, so that each model is known by name; loads none.</summary>
    /// <returns>Faults of the configured defaults: names that are not in the repository or do another task.</returns>
    /// <exception cref="IOException">The repository cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The repository may not be read.</exception>
    public IReadOnlyList<string> Scan()
    {
        var now = _time.GetUtcNow();
        var found = _repository.Scan().Where(m => _options.Models.Count == 0 || _options.Models.Contains(m.Name)).ToList();
        var missing = _options.Models.Except(found.Select(m => m.Name)).Select(name =>
            new RepositoryModel(name, "", [], null, $"SeqServe:Models names \"{name}\", which is not in the repository"));
        var entries = found.Concat(missing).ToDictionary(m => m.Name, m => new ModelEntry(m, now), StringComparer.Ordinal);
        Volatile.Write(ref _defaults, DefaultModels(entries));
        Volatile.Write(ref _entries, entries);
        _scanned = true;
        RepositoryScanned(_logger, entries.Count);
        return [.. _options.DefaultModels.Where(d => !IsDefaultOf(entries, d.Key, d.Value)).Select(d =>
            $"SeqServe:DefaultModels:{d.Key} = {d.Value}: the repository has no model of that name and task")];
    }

    /// <summary>Loads what the version policies ask for, several models side by side; scans the repository first if that was not done.</summary>
    /// <param name="parallelism">Models loaded at once, at least 1.</param>
    /// <param name="cancellation">Stops between two models.</param>
    public void LoadAll(int parallelism, CancellationToken cancellation)
    {
        if (!_scanned)
            Scan();
        var work = Volatile.Read(ref _entries).Values.SelectMany(entry => entry.Slots.Select(slot => (entry, slot)));
        Parallel.ForEach(work, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation }, item => Load(item.entry, item.slot));
        _started = true;
    }

    /// <summary>Looks a model version up and keeps it loaded until the lease is disposed. Never loads anything.</summary>
    /// <typeparam name="TModel">The kind of model the task needs.</typeparam>
    /// <param name="task">The task.</param>
    /// <param name="name">The model's name, or null for the task's default.</param>
    /// <param name="version">The version, or null for the newest that is Ready.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>, <see cref="ServingErrorCode.ModelNotReady"/>, <see cref="ServingErrorCode.InvalidRequest"/> for a model of another task, or <see cref="ServingErrorCode.Draining"/>.</exception>
    public ModelLease<TModel> Acquire<TModel>(string task, string? name, int? version)
        where TModel : ServedModel => Lease<TModel>(task, name, version);

    /// <summary>Looks a model of any task up and keeps it loaded until the lease is disposed. Never loads anything.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The version, or null for the newest that is Ready.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>, <see cref="ServingErrorCode.ModelNotReady"/> or <see cref="ServingErrorCode.Draining"/>.</exception>
    public ModelLease<ServedModel> Acquire(string name, int? version) => Lease<ServedModel>(task: null, name, version);

    /// <summary>
    /// The model version that a lease would be of now, without a lease: good for a look at its queue. Null where a lease is refused, and then the lease says why.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="name">The model's name, or null for the task's default.</param>
    /// <param name="version">The version, or null for the newest that is Ready.</param>
    public ServedModel? Peek(string task, string? name, int? version)
    {
        var entry = name is null ? Volatile.Read(ref _defaults).GetValueOrDefault(task) : Entry(name);
        return entry is not null && entry.Model.Manifest?.Task == task && !_draining ? SlotOf(entry, version)?.Served : null;
    }

    /// <summary>Whether one of the loaded models of a task meets a condition. Takes no lock.</summary>
    /// <param name="task">The task.</param>
    /// <param name="state">What the condition needs.</param>
    /// <param name="condition">The condition.</param>
    public bool AnyServed<TState>(string task, TState state, Func<ServedModel, TState, bool> condition)
    {
        foreach (var entry in Volatile.Read(ref _entries).Values)
        {
            if (entry.Model.Manifest?.Task != task)
                continue;
            for (var i = 0; i < entry.Slots.Count; i++)
            {
                if (entry.Slots[i].Served is { } served && condition(served, state))
                    return true;
            }
        }

        return false;
    }

    private ModelLease<TModel> Lease<TModel>(string? task, string? name, int? version)
        where TModel : ServedModel
    {
        if (_draining)
            throw new ServingException(ServingErrorCode.Draining, "The server is shutting down. Send the request to another replica.") { RetryAfter = TimeSpan.FromSeconds(1) };

        while (true)
        {
            var entry = name is null ? DefaultOf(task!) : Find(name);
            if (task is { } wanted)
                RefuseOtherTask(entry, wanted);
            var slot = PickSlot(entry, version);
            if (slot.Served is TModel model && model.TryHold())
                return new ModelLease<TModel>(model);
            // Retired since it was looked up? Then what was loaded in its place is already published.
            if (Entry(entry.Model.Name) == entry && slot.Served is null)
                throw NotReady(entry, slot);
        }
    }

    private static ServingException NotReady(ModelEntry entry, ModelVersionSlot slot)
    {
        var status = slot.Status;
        return new ServingException(ServingErrorCode.ModelNotReady, $"Model \"{entry.Model.Name}\" version {slot.Version} is {status.State}: {status.Reason}.")
        {
            // Loading takes seconds; what is Unavailable needs an operator.
            RetryAfter = TimeSpan.FromSeconds(status.State == ModelState.Loading ? 2 : 30),
        };
    }

    /// <summary>All models, by name.</summary>
    public IReadOnlyList<ModelDescription> List()
    {
        var entries = Volatile.Read(ref _entries);
        return [.. entries.Values.OrderBy(e => e.Model.Name, StringComparer.Ordinal).Select(Describe)];
    }

    /// <summary>One model.</summary>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>.</exception>
    public ModelDescription Describe(string name) => Describe(Find(name));

    /// <summary>From now on every new request is refused; requests taken before are answered.</summary>
    public void Drain() => _draining = true;

    /// <summary>Retires every model. Each is disposed when its last lease ends.</summary>
    public void Dispose()
    {
        _draining = true;
        lock (_gate)
        {
            _disposed = true;
            foreach (var entry in _entries.Values)
            {
                foreach (var slot in entry.Slots)
                    slot.Retire(_time);
            }
        }
    }

    /// <summary>The model's entry, or null.</summary>
    internal ModelEntry? Entry(string name) => Volatile.Read(ref _entries).GetValueOrDefault(name);

    /// <summary>Puts an entry in the place of the model's present one, then retires the versions that are not in it any more. No request fails in between.</summary>
    internal void Publish(ModelEntry entry)
    {
        lock (_gate)
        {
            var old = _entries.GetValueOrDefault(entry.Model.Name);
            var entries = new Dictionary<string, ModelEntry>(_entries, StringComparer.Ordinal) { [entry.Model.Name] = entry };
            Volatile.Write(ref _entries, entries);
            Volatile.Write(ref _defaults, DefaultModels(entries));
            foreach (var slot in old?.Slots.Except(entry.Slots) ?? [])
                slot.Retire(_time);
            // Disposed meanwhile: nobody else will retire it.
            if (!_disposed)
                return;
            foreach (var slot in entry.Slots)
                slot.Retire(_time);
        }
    }

    /// <summary>Loads one version into its slot; a failure is its state and its reason.</summary>
    internal void Load(ModelEntry entry, ModelVersionSlot slot)
    {
        var name = entry.Model.Name;
        if (slot.IsRetired)
            return;
        if (entry.Model.Fault is { } fault)
        {
            ModelUnavailable(_logger, name, slot.Version, fault, null);
            return;
        }

        slot.Become(ModelState.Loading, "is being loaded", _time.GetUtcNow());
        if (TryLoad(entry.Model, slot.Version, out var reason) is not { } model)
        {
            slot.Become(ModelState.Unavailable, reason, _time.GetUtcNow());
            return;
        }

        lock (_gate)
        {
            slot.Serve(model, _time.GetUtcNow());
            // Disposed, unloaded or replaced while this was loading: nobody else will retire it.
            if (_disposed || slot.IsRetired)
                slot.Retire(_time);
        }
    }

    /// <summary>Loads one version.</summary>
    /// <returns>The model, or null and the reason.</returns>
    internal ServedModel? TryLoad(RepositoryModel found, int version, out string reason)
    {
        try
        {
            var started = _time.GetTimestamp();
            var model = _loader.Load(found, version);
            ModelLoaded(_logger, found.Name, version, model.Manifest.Task, model.Device, (long)_time.GetElapsedTime(started).TotalMilliseconds);
            reason = "";
            return model;
        }
        catch (Exception e)
        {
            // Whatever a foreign graph makes the runtime throw: this model is lost, the others are not.
            reason = e is ModelLoadException ? e.Message : "failed to load; the log has the cause";
            ModelUnavailable(_logger, found.Name, version, e.Message, e is ModelLoadException ? e.InnerException : e);
            return null;
        }
    }

    private ModelEntry Find(string name) =>
        Volatile.Read(ref _entries).TryGetValue(name, out var entry)
            ? entry
            : throw new ServingException(ServingErrorCode.ModelNotFound, $"No model of that name. GET /v1/models lists the models there are.");

    private ModelEntry DefaultOf(string task)
    {
        if (Volatile.Read(ref _defaults).TryGetValue(task, out var entry))
            return entry;
        if (!HasStarted)
            throw new ServingException(ServingErrorCode.ModelNotReady, "The server is still loading its models.") { RetryAfter = TimeSpan.FromSeconds(2) };
        throw new ServingException(ServingErrorCode.ModelNotFound, $"No model is the default of task \"{task}\". Name one in \"model\"; GET /v1/models lists the models there are.");
    }

    /// <summary>The configured default, else the first by name whose manifest claims to be it.</summary>
    private Dictionary<string, ModelEntry> DefaultModels(Dictionary<string, ModelEntry> entries)
    {
        var defaults = new Dictionary<string, ModelEntry>();
        foreach (var (task, name) in _options.DefaultModels)
        {
            if (entries.TryGetValue(name, out var entry))
                defaults[task] = entry;
        }

        foreach (var entry in entries.Values.OrderBy(e => e.Model.Name, StringComparer.Ordinal))
        {
            if (entry.Model.Manifest is { Default: true } manifest)
                defaults.TryAdd(manifest.Task, entry);
        }

        return defaults;
    }

    private static bool IsDefaultOf(Dictionary<string, ModelEntry> entries, string task, string name) =>
        entries.TryGetValue(name, out var entry) && (entry.Model.Manifest is not { } manifest || manifest.Task == task);

    private static void RefuseOtherTask(ModelEntry entry, string task)
    {
        if (entry.Model.Manifest is { } manifest && manifest.Task != task)
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, "model", $"\"{manifest.Name}\" does \"{manifest.Task}\", this route does \"{task}\"; name another model or use its route");
    }

    private static ModelVersionSlot? SlotOf(ModelEntry entry, int? version) =>
        version is { } number ? SlotOf(entry, number) : entry.Slots.LastOrDefault(static s => s.Status.State == ModelState.Ready) ?? entry.Slots[^1];

    private static ModelVersionSlot? SlotOf(ModelEntry entry, int version) => entry.Slots.FirstOrDefault(s => s.Version == version);

    private static ModelVersionSlot PickSlot(ModelEntry entry, int? version)
    {
        return SlotOf(entry, version)
            ?? throw new ServingException(ServingErrorCode.ModelNotFound, $"Model \"{entry.Model.Name}\" has no version {version} in service; it has {string.Join(", ", entry.Slots.Select(s => s.Version))}.");
    }

    private ModelDescription Describe(ModelEntry entry) => new(
        entry.Model.Name,
        entry.Model.Manifest,
        entry.Model.Manifest is { } manifest && Volatile.Read(ref _defaults).GetValueOrDefault(manifest.Task) == entry,
        entry.IsExpected,
        [.. entry.Slots.Select(s => new ModelVersionDescription(s.Version, s.Status, s.Served))]);

    private IEnumerable<Measurement<int>> MeasureStates()
    {
        foreach (var entry in Volatile.Read(ref _entries).Values)
        {
            foreach (var slot in entry.Slots)
            {
                foreach (var state in Enum.GetValues<ModelState>())
                {
                    yield return new Measurement<int>(
                        slot.Status.State == state ? 1 : 0,
                        new("model", entry.Model.Name),
                        new("version", $"{slot.Version}"),
                        new("task", entry.Model.Manifest?.Task ?? ""),
                        new("state", state.ToString()));
                }
            }
        }
    }

    [LoggerMessage(EventIds.RepositoryScanned, LogLevel.Information, "Found {Models} models in the repository")]
    private static partial void RepositoryScanned(ILogger logger, int models);

    [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Model {Model} version {Version} is Ready: {Task} on {Device}, loaded in {LoadMs} ms")]
    private static partial void ModelLoaded(ILogger logger, string model, int version, string task, string device, long loadMs);

    [LoggerMessage(EventIds.ModelUnavailable, LogLevel.Error, "Model {Model} version {Version} is Unavailable: {Reason}")]
    private static partial void ModelUnavailable(ILogger logger, string model, int version, string reason, Exception? exception);
}
