using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>
/// All models of the repository with their states. A model that cannot be loaded stays visible with its reason and never stops the others.
/// </summary>
public sealed partial class ModelRegistry : IDisposable
{
    // Longer than a disposal takes; a runtime that hangs must not keep whoever unloads a model.
    internal static readonly TimeSpan MaxRetirement = TimeSpan.FromSeconds(10);

    // Of the five seconds that the end of the process may take after the drain.
    internal static readonly TimeSpan MaxDisposal = TimeSpan.FromSeconds(3);

    private readonly FileModelRepository _repository;
    private readonly ModelRegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelRegistry> _logger;
    private readonly ModelLookup _lookup;
    private volatile bool _isScanned;

    /// <summary>Makes an empty registry; <see cref="LoadAll"/> fills it.</summary>
    public ModelRegistry(
        FileModelRepository repository,
        ModelLoader loader,
        ModelRegistryOptions options,
        ServingMetrics metrics,
        TimeProvider time,
        ILogger<ModelRegistry> logger)
    {
        _repository = repository;
        _options = options;
        _time = time;
        _logger = logger;
        Retirements = new RetirementQueue(options.UnloadTimeout, logger);
        Published = new PublishedModels(options.DefaultModels, Retirements, time);
        Loading = new VersionLoading(loader, Published, time, logger);
        _lookup = new ModelLookup(Published);
        metrics.ObserveStates(() => MeasureStates(Published.Catalog));
    }

    /// <summary>Whether every start-up model has been tried.</summary>
    public bool HasStarted => _lookup.HasStarted;

    /// <summary>Whether the server is shutting down and takes no new requests.</summary>
    public bool IsDraining => _lookup.IsDraining;

    /// <summary>What requests see.</summary>
    internal PublishedModels Published { get; }

    /// <summary>Loads single versions.</summary>
    internal VersionLoading Loading { get; }

    /// <summary>Disposes what is taken out of service.</summary>
    internal RetirementQueue Retirements { get; }

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
        Published.Begin(found.Concat(missing).Select(model => ModelEntry.Found(model, isExpected: true, now)));
        _isScanned = true;
        var catalog = Published.Catalog;
        RepositoryScanned(_logger, catalog.Entries.Count);
        foreach (var name in _repository.FindUnclaimed().Where(name => _options.Models.Count == 0 || _options.Models.Contains(name)))
            FolderUnclaimed(_logger, name);
        return catalog.DefaultFaults();
    }

    /// <summary>Loads what the version policies ask for, several models side by side; scans the repository first if that was not done.</summary>
    /// <param name="parallelism">Models loaded at once, at least 1.</param>
    /// <param name="cancellation">Stops between two models.</param>
    public void LoadAll(int parallelism, CancellationToken cancellation)
    {
        if (!_isScanned)
            Scan();
        var versions = Published.Catalog.Entries.SelectMany(entry => entry.Versions);
        // One at a time to whoever is free: in parts of several, a model that takes minutes would hold up those behind it in its part.
        Parallel.ForEach(
            Partitioner.Create(versions, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation },
            version => Loading.Load(version));
        _lookup.Started();
    }

    /// <summary>Looks a model version up and keeps it loaded until the lease is disposed. Never loads anything.</summary>
    /// <typeparam name="TModel">The kind of model the task needs.</typeparam>
    /// <param name="task">The task.</param>
    /// <param name="name">The model's name, or null for the task's default.</param>
    /// <param name="version">The version, or null for the newest that is Ready.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.ModelNotFound"/>, <see cref="ServingErrorCode.ModelNotReady"/>, <see cref="ServingErrorCode.Draining"/>, or
    /// <see cref="ServingErrorCode.InvalidRequest"/> for a model of another task.
    /// </exception>
    public ModelLease<TModel> Acquire<TModel>(string task, string? name, int? version)
        where TModel : ServedModel => _lookup.Lease<TModel>(task, name, version);

    /// <summary>Looks a model of any task up and keeps it loaded until the lease is disposed. Never loads anything.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The version, or null for the newest that is Ready.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.ModelNotFound"/>, <see cref="ServingErrorCode.ModelNotReady"/> or <see cref="ServingErrorCode.Draining"/>.
    /// </exception>
    public ModelLease<ServedModel> Acquire(string name, int? version) => _lookup.Lease<ServedModel>(task: null, name, version);

    /// <summary>The task of a model, or null where there is none of that name or nothing is known of it.</summary>
    public string? TaskOf(string name) => Published.Catalog.Find(name)?.Manifest?.Task;

    /// <summary>
    /// The model version that a lease would be of now, without a lease: only to read its queue. Null where a lease is refused, and then the
    /// lease says why.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="name">The model's name, or null for the task's default.</param>
    /// <param name="version">The version, or null for the newest that is Ready.</param>
    public ServedModel? Peek(string task, string? name, int? version) => _lookup.Peek(task, name, version);

    /// <summary>Whether one of the loaded models of a task meets a condition. Takes no lock.</summary>
    /// <param name="task">The task.</param>
    /// <param name="state">What the condition needs.</param>
    /// <param name="condition">The condition.</param>
    public bool AnyServed<TState>(string task, TState state, Func<ServedModel, TState, bool> condition) => _lookup.AnyServed(task, state, condition);

    /// <summary>All models, by name.</summary>
    public IReadOnlyList<ModelDescription> List()
    {
        var catalog = Published.Catalog;
        return [.. catalog.Entries.Select(catalog.Describe)];
    }

    /// <summary>One model.</summary>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>.</exception>
    public ModelDescription Describe(string name) => _lookup.Describe(name);

    /// <summary>From now on every new request is refused; requests taken before are answered.</summary>
    public void Drain() => _lookup.Drain();

    /// <summary>
    /// Retires every model, ends the runs that still go on, and waits a bounded time for the disposal of those that no lease holds. The others are disposed
    /// when their last lease ends.
    /// </summary>
    public void Dispose()
    {
        _lookup.Drain();
        Published.Close();
        Retirements.Close();
        var idle = Retirements.Idle.WaitAsync(MaxDisposal, _time);
        idle.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        if (!idle.IsCompletedSuccessfully)
            RetirementsUnfinished(_logger, MaxDisposal.TotalSeconds);
    }

    private static IEnumerable<Measurement<int>> MeasureStates(ModelCatalog catalog) =>
        from entry in catalog.Entries
        from version in entry.Versions
        from state in Enum.GetValues<ModelState>()
        select new Measurement<int>(
            version.Status.State == state ? 1 : 0,
            new("model", entry.Name),
            new("version", $"{version.Number}"),
            new("task", version.TaskName ?? ""),
            new("state", state.ToString()));

    [LoggerMessage(EventIds.RepositoryScanned, LogLevel.Information, "Found {Models} models in the repository")]
    private static partial void RepositoryScanned(ILogger logger, int models);

    [LoggerMessage(
        EventIds.FolderUnclaimed, LogLevel.Warning,
        "The folder {Folder} of the repository has a version folder but neither model.json nor <version>/model.onnx; it is no model")]
    private static partial void FolderUnclaimed(ILogger logger, string folder);

    [LoggerMessage(
        EventIds.RetirementsUnfinished, LogLevel.Warning, "Models are still being freed after {Seconds} s; the server does not wait for them any longer")]
    private static partial void RetirementsUnfinished(ILogger logger, double seconds);
}
