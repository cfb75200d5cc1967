using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;

namespace SeqServe.Core.Registry;

/// <summary>
/// Scans the repository's folder again and again, and loads what has changed. What is still being written is left alone: a folder must have the same
/// fingerprint in two scans, and its files the checksums of its manifest. What is wrong with a changed folder becomes the reason of what serves on.
/// </summary>
public sealed partial class RepositoryPoll(
    FileModelRepository repository, ModelLifecycle lifecycle, ModelRegistryOptions options, ILogger<RepositoryPoll> logger, TimeProvider? time = null)
{
    /// <summary>How long a scan waits for the change of one model before it goes on with the next. The change goes on too.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private const string Absent = "";

    // Equal to no fingerprint.
    private const string Undecided = "\n";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    // What was loaded or refused, and what the last scan saw; a folder that could not be read is in neither.
    private readonly Dictionary<string, string> _settled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Fingerprint, Task<bool> Change)> _running = new(StringComparer.Ordinal);
    private Dictionary<string, string?> _last = new(StringComparer.Ordinal);

    /// <summary>Takes what is there now as known; call it before the models are loaded.</summary>
    public void Begin()
    {
        _last = Scan() ?? [];
        foreach (var (name, fingerprint) in _last)
        {
            if (fingerprint is not null)
                _settled[name] = fingerprint;
        }
    }

    /// <summary>
    /// Scans once, and loads or unloads what has changed and is the same as at the scan before. One model that cannot be read or loaded, or takes long, keeps
    /// no other from it.
    /// </summary>
    /// <param name="cancellation">Ends the work between two models.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task ScanAsync(CancellationToken cancellation)
    {
        Settle();
        // A repository that cannot be read, for example on an unmounted file system, does not mean that its models were removed.
        if (Scan() is not { } now)
            return;
        foreach (var name in _settled.Keys.Union(now.Keys).Order(StringComparer.Ordinal).ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            if (_running.ContainsKey(name))
                continue;
            var (fingerprint, before) = (now.GetValueOrDefault(name, Absent), _last.GetValueOrDefault(name, Absent));
            if (fingerprint is null && before is null && _settled.GetValueOrDefault(name) != Undecided)
                await NoteUnreadAsync(name).ConfigureAwait(false);
            if (fingerprint is null || fingerprint == _settled.GetValueOrDefault(name) || fingerprint != before)
                continue;
            await ApplyAsync(name, fingerprint).ConfigureAwait(false);
        }

        _last = now;
    }

    private async Task ApplyAsync(string name, string fingerprint)
    {
        // Not on this thread: checksums of gigabytes take their time too.
        var change = Task.Run(() => TryApplyAsync(name, fingerprint));
        _running[name] = (fingerprint, change);
        await ((Task)change).WaitAsync(MaxWait, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!change.IsCompleted)
            ChangeStillRuns(logger, name);
        Settle();
    }

    // What became of the changes that are done.
    private void Settle()
    {
        foreach (var (name, (fingerprint, change)) in _running.Where(running => running.Value.Change.IsCompleted).ToList())
        {
            _running.Remove(name);
            if (change.IsFaulted)
                ChangeFailed(logger, name, change.Exception.GetBaseException());
            if (!change.IsCompletedSuccessfully || !change.Result)
                _settled[name] = Undecided;
            else if (fingerprint == Absent)
                _settled.Remove(name);
            else
                _settled[name] = fingerprint;
        }
    }

    // At two scans: a folder that is being replaced is away for a moment. It is loaded again once it can be read, which takes the reason away.
    private async Task NoteUnreadAsync(string name)
    {
        _settled[name] = Undecided;
        await lifecycle.NoteAsync(name, null, ModelLifecycle.UnreadFolder).ConfigureAwait(false);
    }

    private Dictionary<string, string?>? Scan()
    {
        try
        {
            return Directory.EnumerateDirectories(repository.Root)
                .Select(folder => (Name: Path.GetFileName(folder), Folder: folder))
                .Where(model => options.Models.Count == 0 || options.Models.Contains(model.Name))
                .ToDictionary(model => model.Name, model => Fingerprint(model.Name, model.Folder), StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RepositoryUnreadable(logger, e);
            return null;
        }
    }

    private string? Fingerprint(string name, string folder)
    {
        try
        {
            return FolderFingerprint.Of(folder, repository.Root);
        }
        catch (Exception e)
        {
            // Whatever it is: the other folders are read all the same.
            FolderUnreadable(logger, name, e);
            return null;
        }
    }

    /// <returns>False when the folder or one of its files could not be read, and is to be tried again.</returns>
    private async Task<bool> TryApplyAsync(string name, string fingerprint)
    {
        try
        {
            if (fingerprint != Absent)
                return await LoadAsync(name).ConfigureAwait(false);
            await UnloadAsync(name).ConfigureAwait(false);
            return true;
        }
        catch (ServingException e)
        {
            NotLoaded(logger, name, e.Message);
            return !IsUnread(e.InnerException);
        }
        catch (Exception e) when (IsUnread(e))
        {
            // Not the exception's own words: they hold absolute paths, and the reason is shown to clients.
            FolderUnreadable(logger, name, e);
            await lifecycle.NoteAsync(name, null, ModelLifecycle.UnreadFolder).ConfigureAwait(false);
            return false;
        }
        catch (Exception e)
        {
            ChangeFailed(logger, name, e);
            await lifecycle.NoteAsync(name, null, "failed to load; the log has the cause").ConfigureAwait(false);
            return true;
        }
    }

    private async Task<bool> LoadAsync(string name)
    {
        if (repository.Find(name) is not { } found)
        {
            await NoteNoModelAsync(name).ConfigureAwait(false);
            return true;
        }

        if (Unfit(found) is { } reason)
        {
            NotLoaded(logger, name, reason);
            await lifecycle.NoteAsync(name, found, reason).ConfigureAwait(false);
            return found.Unread is null;
        }

        FolderChanged(logger, name);
        await lifecycle.ReloadAsync(name).ConfigureAwait(false);
        return true;
    }

    // A folder that never was one, or a model that has lost its files and serves on.
    private async Task NoteNoModelAsync(string name)
    {
        if (!lifecycle.IsKnown(name) && !repository.FindUnclaimed().Contains(name))
            return;
        const string Reason = "its folder holds no model: neither model.json nor <version>/model.onnx";
        NotLoaded(logger, name, Reason);
        await lifecycle.NoteAsync(name, null, $"{Reason}; restore them, or unload the model").ConfigureAwait(false);
    }

    private static bool IsUnread(Exception? failure) => failure is IOException or UnauthorizedAccessException;

    private static string? Unfit(RepositoryModel found)
    {
        if (found.Fault is not null || found.Manifest is null)
            return found.Fault;
        try
        {
            foreach (var version in found.Manifest.VersionPolicy.Select(found.Versions))
                ModelFiles.VerifyChecksums(found, version);
            return null;
        }
        catch (ModelLoadException e)
        {
            return e.Message;
        }
    }

    private async Task UnloadAsync(string name)
    {
        try
        {
            // Does not wait for its last request, whose client may read slowly: other models change meanwhile.
            await lifecycle.UnloadAsync(name).ConfigureAwait(false);
        }
        catch (ServingException e) when (e.Code == ServingErrorCode.ModelNotFound)
        {
            // A folder that was no model.
        }
    }

    [LoggerMessage(EventIds.RepositoryUnreadable, LogLevel.Warning, "The model repository cannot be read; what is loaded goes on")]
    private static partial void RepositoryUnreadable(ILogger logger, Exception exception);

    [LoggerMessage(EventIds.ModelFolderUnreadable, LogLevel.Warning, "The folder of model {Model} cannot be read; it is tried again at the next scan")]
    private static partial void FolderUnreadable(ILogger logger, string model, Exception exception);

    [LoggerMessage(EventIds.ModelFolderChanged, LogLevel.Information, "The folder of model {Model} has changed; it is reloaded")]
    private static partial void FolderChanged(ILogger logger, string model);

    [LoggerMessage(EventIds.ChangeNotLoaded, LogLevel.Warning, "The folder of model {Model} has changed but is not loaded: {Reason}")]
    private static partial void NotLoaded(ILogger logger, string model, string reason);

    [LoggerMessage(EventIds.ChangeStillRuns, LogLevel.Warning, "The change of model {Model} takes long; the other models are looked after meanwhile")]
    private static partial void ChangeStillRuns(ILogger logger, string model);

    [LoggerMessage(EventIds.ChangeFailed, LogLevel.Error, "The folder of model {Model} has changed, and loading or unloading it failed")]
    private static partial void ChangeFailed(ILogger logger, string model, Exception exception);
}
