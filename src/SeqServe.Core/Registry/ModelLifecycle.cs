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
    private readonly ModelChanges _changes = new();

    /// <summary>Models with a change that is not done.</summary>
    internal int Changing => _changes.Count;

    /// <summary>Loads a model, or reloads it from what is in its folder now. Callers that ask for the same model meanwhile share one load.</summary>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.ModelNotFound"/>; <see cref="ServingErrorCode.LoadFailed"/> when a version cannot be served, while whatever served
    /// before goes on.
    /// </exception>
    public Task LoadAsync(string name) => _changes.AddLoad(name, () => Load(name));

    /// <summary>Takes a model out of service, after a load of it that runs. Requests that it has taken are answered.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns>
    /// Done when it takes no more requests, and where it answers none, when its memory is free too; its result is done when the last of those it has taken is
    /// answered and the memory is free.
    /// </returns>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>.</exception>
    public async Task<Task> UnloadAsync(string name)
    {
        if (registry.Published.Catalog.Find(name) is null)
            throw NotFound();
        var retired = Task.CompletedTask;
        await _changes.Add(name, () => retired = Unload(name)).ConfigureAwait(false);
        // An unused model has been handed over: the next question for its state shows it unloaded.
        await Task.WhenAny(retired, registry.Retirements.Idle).ConfigureAwait(false);
        return retired;
    }

    /// <summary>Shows what keeps the content of a model's folder from being loaded, and changes nothing of what serves.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="found">Its folder, so that a model which was never loaded is shown too; null where the folder cannot be read.</param>
    /// <param name="fault">The fault; shown to clients.</param>
    internal Task NoteAsync(string name, RepositoryModel? found, string fault) => _changes.Add(name, () =>
    {
        if (!registry.Published.TryNote(name, fault) && found is not null)
            registry.Published.TryPublish(ModelEntry.Found(found with { Fault = fault }, isExpected: false, time.GetUtcNow()));
    });

    private Task Unload(string name)
    {
        var retired = registry.Published.Unload(name);
        ModelUnloaded(logger, name);
        return retired;
    }

    private void Load(string name)
    {
        var found = repository.Find(name) ?? throw NotFound();
        var old = registry.Published.Catalog.Find(name);
        var failures = old is { Serves: true } ? LoadBeside(found, old) : LoadFirst(found, old?.IsExpected ?? false);
        if (failures.Count == 0)
            return;
        var goesOn = registry.Published.Catalog.Find(name) is { Serves: true } ? " What served before goes on." : "";
        throw new ServingException(ServingErrorCode.LoadFailed, $"Model \"{name}\" was not loaded as a whole. {string.Join(" ", failures)}{goesOn}");
    }

    private List<string> LoadFirst(RepositoryModel found, bool isExpected)
    {
        var entry = ModelEntry.Found(found, isExpected, time.GetUtcNow());
        registry.Published.TryPublish(entry);
        var failures = new List<string>();
        foreach (var version in entry.Versions)
        {
            if (registry.Loading.Load(version) is { } reason)
                failures.Add(Failure(version.Number, reason));
        }

        return failures;
    }

    private List<string> LoadBeside(RepositoryModel found, ModelEntry old)
    {
        if (found.Fault is { } fault)
        {
            registry.Published.TryNote(found.Name, fault);
            return [fault];
        }

        var failures = new List<string>();
        var loaded = new List<ServedModel>();
        var versions = new List<ModelVersion>();
        foreach (var number in found.Manifest!.VersionPolicy.Select(found.Versions))
        {
            var version = ModelVersion.Found(number, found, time.GetUtcNow());
            if (registry.Loading.TryLoad(found, number, out var reason) is { } model)
            {
                loaded.Add(model);
                versions.Add(version.Ready(model, time.GetUtcNow()));
                continue;
            }

            failures.Add(Failure(number, reason));
            versions.Add(Kept(old, version)?.Noted(reason) ?? version.Failed(reason, time.GetUtcNow()));
        }

        // A reload of which nothing could be loaded changes nothing.
        if (loaded.Count == 0)
            registry.Published.TryNote(found.Name, string.Join(" ", failures));
        else if (!registry.Published.TryPublish(new ModelEntry(found.Name, versions, old.IsExpected)))
            loaded.ForEach(registry.Published.Discard);
        return failures;
    }

    // What serves in the place of a version that could not be reloaded. A model does one task: what was loaded for another is not kept beside it.
    private static ModelVersion? Kept(ModelEntry old, ModelVersion version) =>
        old.Find(version.Number) is { Served: not null } serving && serving.TaskName == version.TaskName ? serving : null;

    private static string Failure(int version, string reason) => $"Version {version}: {reason.TrimEnd('.')}.";

    private static ServingException NotFound() =>
        new(ServingErrorCode.ModelNotFound, "The repository has no model of that name. POST /v2/repository/index lists what it holds.");

    [LoggerMessage(EventIds.ModelUnloaded, LogLevel.Information, "Model {Model} is unloaded")]
    private static partial void ModelUnloaded(ILogger logger, string model);
}
