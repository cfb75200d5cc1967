using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>
/// Loads, reloads and unloads models while the server runs. A model is loaded beside the one that serves and put in its place when all its checks
/// have passed; the old one is disposed when its last request is answered. One that fails leaves the old one where it is.
/// </summary>
public sealed partial class ModelLifecycle(FileModelRepository repository, ModelRegistry registry, TimeProvider time, ILogger<ModelLifecycle> logger)
{
    /// <summary>The reason of a model whose folder cannot be read; shown to clients.</summary>
    internal const string UnreadFolder = "its folder cannot be read; check that it exists and that the server may read it";

    private readonly ModelChanges _changes = new();

    /// <summary>Models with a change that is not done.</summary>
    internal int Changing => _changes.Count;

    /// <summary>Loads a model, or reloads it from what is in its folder now. Callers that ask for the same model meanwhile share one load.</summary>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.ModelNotFound"/>; <see cref="ServingErrorCode.LoadFailed"/> when a version cannot be served, while whatever served
    /// before goes on.
    /// </exception>
    public Task LoadAsync(string name) => _changes.AddLoad(name, () => Load(name, keepsTask: false));

    /// <summary>
    /// The same, unless the folder holds a model of another task than the one that serves: nobody asked for that, and mostly its manifest was lost. It serves
    /// on then.
    /// </summary>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ServingException">As from <see cref="LoadAsync"/>; also <see cref="ServingErrorCode.LoadFailed"/> for another task.</exception>
    internal Task ReloadAsync(string name) => _changes.AddLoad(name, () => Load(name, keepsTask: true));

    /// <summary>Takes a model out of service, after a load of it that runs. Requests that it has taken are answered.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns>
    /// Done when it takes no more requests, and the memory of those of its versions that answer none is free too, or not free after
    /// <see cref="ModelRegistry.MaxRetirement"/>; its result is done when the last request it has taken is answered and all its memory is free.
    /// </returns>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>.</exception>
    public async Task<Task> UnloadAsync(string name)
    {
        if (registry.Published.Catalog.Find(name) is null)
            throw NotFound();
        IReadOnlyList<Retirement> retirements = [];
        await _changes.Add(name, () => retirements = Unload(name)).ConfigureAwait(false);
        // So that the next question for the state of an unused model shows it unloaded. Bounded: a runtime that hangs must not hold up the caller for ever.
        await Task.WhenAll(retirements.Select(retirement => retirement.DoneUnlessLeased))
            .WaitAsync(ModelRegistry.MaxRetirement, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Task.WhenAll(retirements.Select(retirement => retirement.Done));
    }

    /// <summary>Shows what keeps the content of a model's folder from being loaded, and changes nothing of what serves.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="found">Its folder, so that a model which was never loaded is shown too; null where the folder cannot be read.</param>
    /// <param name="fault">The fault; shown to clients.</param>
    internal Task NoteAsync(string name, RepositoryModel? found, string fault) => _changes.Add(name, () =>
    {
        if (!registry.Published.TryNote(name, fault) && found is not null)
            registry.Published.TryBegin(found with { Fault = fault });
    });

    /// <summary>Whether there is a model of that name, whatever its state.</summary>
    internal bool IsKnown(string name) => registry.Published.Catalog.Find(name) is not null;

    private IReadOnlyList<Retirement> Unload(string name)
    {
        var retirements = registry.Published.Unload(name);
        ModelUnloaded(logger, name);
        return retirements;
    }

    private void Load(string name, bool keepsTask)
    {
        var found = Find(name);
        if (keepsTask && OtherTask(found) is { } otherTask)
        {
            registry.Published.TryNote(name, otherTask);
            throw new ServingException(ServingErrorCode.LoadFailed, $"Model \"{name}\" was not loaded: {otherTask}.");
        }

        var failures = registry.Published.TryBegin(found) is { } entry ? LoadFirst(entry) : LoadBeside(found);
        if (failures.Count == 0)
            return;
        var goesOn = registry.Published.Catalog.Find(name) is { Serves: true } ? " What served before goes on." : "";
        throw new ServingException(
            ServingErrorCode.LoadFailed,
            $"Model \"{name}\" was not loaded as a whole. {string.Join(" ", failures.Select(failure => failure.Reason))}{goesOn}",
            failures.Select(failure => failure.Unread).FirstOrDefault(unread => unread is not null));
    }

    private RepositoryModel Find(string name)
    {
        try
        {
            return repository.Find(name) ?? throw NotFound();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not the exception's own words: they hold absolute paths, and the reason is shown to clients.
            registry.Published.TryNote(name, UnreadFolder);
            throw new ServingException(ServingErrorCode.LoadFailed, $"Model \"{name}\" was not loaded: {UnreadFolder}.", e);
        }
    }

    private string? OtherTask(RepositoryModel found) =>
        registry.Published.Catalog.Find(found.Name) is { Serves: true, Current.TaskName: { } serving } && found.Manifest?.Task is { } task && task != serving
            ? $"its folder holds a model of task \"{task}\" in place of one of task \"{serving}\"; restore {found.Name}/model.json, or load the model by hand "
            + "if it is to do the other task"
            : null;

    private List<LoadFailure> LoadFirst(ModelEntry entry)
    {
        var failures = new List<LoadFailure>();
        foreach (var version in entry.Versions)
        {
            if (registry.Loading.Load(version) is { } failure)
                failures.Add(Of(version.Number, failure));
        }

        return failures;
    }

    private List<LoadFailure> LoadBeside(RepositoryModel found)
    {
        if (found.Fault is { } fault)
        {
            registry.Published.TryNote(found.Name, fault);
            return [new LoadFailure(fault, found.Unread)];
        }

        var failures = new List<LoadFailure>();
        var loaded = new List<ServedModel>();
        var versions = new List<(ModelVersion Version, string? Reason)>();
        foreach (var number in found.Manifest!.VersionPolicy.Select(found.Versions))
        {
            var version = ModelVersion.Found(number, found, time.GetUtcNow());
            if (registry.Loading.TryLoad(found, number, out var failure) is { } model)
            {
                loaded.Add(model);
                versions.Add((version.Ready(model, time.GetUtcNow()), null));
                continue;
            }

            failures.Add(Of(number, failure));
            versions.Add((version.Failed(failure.Reason, time.GetUtcNow()), failure.Reason));
        }

        // A reload of which nothing could be loaded changes nothing.
        if (loaded.Count == 0)
            registry.Published.TryNote(found.Name, string.Join(" ", failures.Select(failure => failure.Reason)));
        else if (!registry.Published.TryPublish(found.Name, present => Reloaded(found.Name, present, versions)))
            loaded.ForEach(registry.Published.Discard);
        return failures;
    }

    // What serves now is asked for inside of the lock of the catalog: the start may have published a version since the reload began.
    private static ModelEntry Reloaded(string name, ModelEntry? present, List<(ModelVersion Version, string? Reason)> versions) => new(
        name,
        [.. versions.Select(v => v.Reason is { } reason ? Kept(present, v.Version)?.Noted(reason) ?? v.Version : v.Version)],
        present?.IsExpected ?? false);

    // What serves in the place of a version that could not be reloaded. A model does one task: what was loaded for another is not kept beside it.
    private static ModelVersion? Kept(ModelEntry? present, ModelVersion version) =>
        present?.Find(version.Number) is { Loaded: not null } serving && serving.TaskName == version.TaskName ? serving : null;

    private static LoadFailure Of(int version, LoadFailure failure) => failure with { Reason = $"Version {version}: {failure.Reason.TrimEnd('.')}." };

    private static ServingException NotFound() =>
        new(ServingErrorCode.ModelNotFound, "The repository has no model of that name. POST /v2/repository/index lists what it holds.");

    [LoggerMessage(EventIds.ModelUnloaded, LogLevel.Information, "Model {Model} is unloaded")]
    private static partial void ModelUnloaded(ILogger logger, string model);
}
