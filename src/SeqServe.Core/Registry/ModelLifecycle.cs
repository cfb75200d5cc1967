using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;

namespace SeqServe.Core.Registry;

/// <summary>
/// Loads, reloads and unloads models while the server runs. A model is loaded beside the one that serves, put in its place when all its checks have passed, and the old
/// one is disposed when its last request is answered; one that fails leaves the old one where it is.
/// </summary>
public sealed partial class ModelLifecycle(FileModelRepository repository, ModelRegistry registry, TimeProvider time, ILogger<ModelLifecycle> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Task Change, bool IsLoad)> _last = new(StringComparer.Ordinal);

    /// <summary>Loads a model, or reloads it from what is in its folder now. Callers that ask for the same model meanwhile share one load.</summary>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.ModelNotFound"/>; <see cref="ServingErrorCode.LoadFailed"/> when a version cannot be served, while whatever served before goes on.
    /// </exception>
    public Task LoadAsync(string name)
    {
        lock (_gate)
        {
            // One that is done has read the folder before this call.
            if (_last.TryGetValue(name, out var last) && last is { IsLoad: true, Change.IsCompleted: false })
                return last.Change;
            var load = Then(last.Change, () => Load(name));
            _last[name] = (load, true);
            return load;
        }
    }

    /// <summary>Takes a model out of service, after a load of it that runs. Requests that it has taken are answered.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns>Done when it takes no more requests; its result is done when the last of those it has taken is answered and the memory is free.</returns>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>.</exception>
    public async Task<Task> UnloadAsync(string name)
    {
        if (registry.Entry(name) is null)
            throw NotFound();
        var gone = Task.CompletedTask;
        Task unload;
        lock (_gate)
        {
            unload = Then(_last.GetValueOrDefault(name).Change, () => gone = Unload(name));
            _last[name] = (unload, false);
        }

        await unload.ConfigureAwait(false);
        return gone;
    }

    // Changes of one model happen in the order in which they were asked for: who unloads a model that is being loaded wants it gone.
    private static Task Then(Task? last, Action change) => Task.Run(async () =>
    {
        if (last is not null)
            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        change();
    });

    private Task Unload(string name)
    {
        var entry = registry.Entry(name)!;
        entry.IsExpected = false;
        foreach (var slot in entry.Slots)
            slot.Retire(time);
        ModelUnloaded(logger, name);
        return Task.WhenAll(entry.Slots.Select(slot => slot.Retired));
    }

    private void Load(string name)
    {
        var found = repository.Find(name) ?? throw NotFound();
        var old = registry.Entry(name);
        var failures = old is { Serves: true } ? LoadBeside(found, old) : LoadFirst(found, old?.IsExpected ?? false);
        if (failures.Count > 0)
            throw new ServingException(ServingErrorCode.LoadFailed, $"Model \"{name}\" was not loaded as a whole. {string.Join(" ", failures)}{(registry.Entry(name) is { Serves: true } ? " What served before goes on." : "")}");
    }

    private List<string> LoadFirst(RepositoryModel found, bool isExpected)
    {
        var entry = new ModelEntry(found, time.GetUtcNow()) { IsExpected = isExpected };
        registry.Publish(entry);
        foreach (var slot in entry.Slots)
            registry.Load(entry, slot);
        return [.. entry.Slots.Where(slot => slot.Status.State == ModelState.Unavailable).Select(slot => $"Version {slot.Version}: {slot.Status.Reason}.")];
    }

    private List<string> LoadBeside(RepositoryModel found, ModelEntry old)
    {
        if (found.Fault is { } fault)
        {
            NoteOn(old.Slots, fault);
            return [fault];
        }

        var failures = new List<string>();
        var slots = new List<ModelVersionSlot>();
        foreach (var version in found.Manifest!.VersionPolicy.Select(found.Versions))
            slots.Add(LoadSlot(found, version, old, failures));
        // A reload that would leave nothing in service changes nothing.
        if (slots.All(slot => slot.Served is null))
        {
            NoteOn(old.Slots, string.Join(" ", failures));
            return failures;
        }

        registry.Publish(new ModelEntry(found, slots) { IsExpected = old.IsExpected });
        return failures;
    }

    private ModelVersionSlot LoadSlot(RepositoryModel found, int version, ModelEntry old, List<string> failures)
    {
        var now = time.GetUtcNow();
        var slot = new ModelVersionSlot(version, new ModelStatus(ModelState.Loading, "is being loaded", now));
        if (registry.TryLoad(found, version, out var reason) is { } model)
        {
            slot.Serve(model, time.GetUtcNow());
            return slot;
        }

        failures.Add($"Version {version}: {reason}");
        if (old.Slots.FirstOrDefault(s => s.Version == version && s.Served is not null) is { } serving)
        {
            NoteOn([serving], reason);
            return serving;
        }

        slot.Become(ModelState.Unavailable, reason, time.GetUtcNow());
        return slot;
    }

    // What serves goes on, and says what came of the reload.
    private static void NoteOn(IEnumerable<ModelVersionSlot> slots, string reason)
    {
        foreach (var slot in slots)
        {
            if (slot.Status is { State: ModelState.Ready } status)
                slot.Become(ModelState.Ready, $"serves as loaded before; the reload failed: {reason}", status.Since);
        }
    }

    private static ServingException NotFound() =>
        new(ServingErrorCode.ModelNotFound, "The repository has no model of that name. POST /v2/repository/index lists what it holds.");

    [LoggerMessage(EventIds.ModelUnloaded, LogLevel.Information, "Model {Model} is unloaded")]
    private static partial void ModelUnloaded(ILogger logger, string model);
}
