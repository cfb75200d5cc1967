using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;

namespace SeqServe.Core.Registry;

/// <summary>
/// Looks at the repository's folder again and again, and loads what has changed. What is still being written is left alone: a folder must look the same at two looks,
/// and its files must have the checksums of its manifest.
/// </summary>
public sealed partial class RepositoryPoll(FileModelRepository repository, ModelLifecycle lifecycle, ModelRegistryOptions options, ILogger<RepositoryPoll> logger)
{
    private const string Gone = "";

    // What was loaded or refused, and what the last look saw.
    private readonly Dictionary<string, string> _settled = new(StringComparer.Ordinal);
    private Dictionary<string, string> _last = new(StringComparer.Ordinal);

    /// <summary>Takes what is there now as known; call it before the models are loaded.</summary>
    public void Begin()
    {
        _last = Look() ?? [];
        foreach (var (name, print) in _last)
            _settled[name] = print;
    }

    /// <summary>Looks once, and loads or unloads what has changed and come to rest.</summary>
    /// <param name="cancellation">Ends the work between two models.</param>
    public async Task LookAsync(CancellationToken cancellation)
    {
        // A repository that cannot be read, a file system that is away say, is not one whose models are gone.
        if (Look() is not { } now)
            return;
        foreach (var name in _settled.Keys.Union(now.Keys).Order(StringComparer.Ordinal).ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            var print = now.GetValueOrDefault(name, Gone);
            if (print == _settled.GetValueOrDefault(name) || print != _last.GetValueOrDefault(name, Gone))
                continue;
            if (print == Gone)
                _settled.Remove(name);
            else
                _settled[name] = print;
            await (print == Gone ? UnloadAsync(name) : LoadAsync(name)).ConfigureAwait(false);
        }

        _last = now;
    }

    private Dictionary<string, string>? Look()
    {
        try
        {
            return Directory.EnumerateDirectories(repository.Root)
                .Select(folder => (Name: Path.GetFileName(folder), Folder: folder))
                .Where(model => options.Models.Count == 0 || options.Models.Contains(model.Name))
                .ToDictionary(model => model.Name, model => FolderFingerprint.Of(model.Folder), StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Unreadable(logger, e);
            return null;
        }
    }

    private async Task LoadAsync(string name)
    {
        if (repository.Find(name) is not { } found)
            return;
        if (Unfit(found) is { } reason)
        {
            NotLoaded(logger, name, reason);
            return;
        }

        try
        {
            Changed(logger, name);
            await lifecycle.LoadAsync(name).ConfigureAwait(false);
        }
        catch (ServingException e)
        {
            NotLoaded(logger, name, e.Message);
        }
    }

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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "its files cannot be read";
        }
    }

    private async Task UnloadAsync(string name)
    {
        try
        {
            // Not until its last request is answered, which may read slowly, while other models change.
            await lifecycle.UnloadAsync(name).ConfigureAwait(false);
        }
        catch (ServingException e) when (e.Code == ServingErrorCode.ModelNotFound)
        {
            // A folder that was no model.
        }
    }

    [LoggerMessage(EventIds.RepositoryUnreadable, LogLevel.Warning, "The model repository cannot be read; what is loaded goes on")]
    private static partial void Unreadable(ILogger logger, Exception exception);

    [LoggerMessage(EventIds.ModelFolderChanged, LogLevel.Information, "The folder of model {Model} has changed; it is loaded anew")]
    private static partial void Changed(ILogger logger, string model);

    [LoggerMessage(EventIds.ChangeNotLoaded, LogLevel.Warning, "The folder of model {Model} has changed but is not loaded: {Reason}")]
    private static partial void NotLoaded(ILogger logger, string model, string reason);
}
