using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>Loads single versions. One that cannot be loaded costs its own place only: the failure is its state and its reason.</summary>
internal sealed partial class VersionLoading(ModelLoader loader, PublishedModels published, TimeProvider time, ILogger logger)
{
    private const string Superseded = "was unloaded or reloaded while it was being loaded";

    /// <summary>Loads a published version into its place.</summary>
    /// <returns>Why it does not serve, or null when it does.</returns>
    public string? Load(ModelVersion found)
    {
        if (found.Source.Fault is { } fault)
        {
            ModelUnavailable(logger, found.Source.Name, found.Number, fault, null);
            return fault;
        }

        var loading = found.Loading(time.GetUtcNow());
        if (!published.TryReplace(found, loading))
            return Superseded;
        if (TryLoad(found.Source, found.Number, out var reason) is not { } model)
        {
            published.TryReplace(loading, loading.Failed(reason, time.GetUtcNow()));
            return reason;
        }

        if (published.TryReplace(loading, loading.Ready(model, time.GetUtcNow())))
            return null;
        published.Discard(model);
        return Superseded;
    }

    /// <summary>Loads a version and publishes nothing.</summary>
    /// <returns>The model, which the caller owns, or null and the reason.</returns>
    public ServedModel? TryLoad(RepositoryModel found, int version, out string reason)
    {
        try
        {
            var started = time.GetTimestamp();
            var model = loader.Load(found, version);
            ModelLoaded(logger, found.Name, version, model.Manifest.Task, model.Device, (long)time.GetElapsedTime(started).TotalMilliseconds);
            reason = "";
            return model;
        }
        catch (Exception e)
        {
            // Catches whatever a graph makes the runtime throw: only this model cannot be served.
            reason = e is ModelLoadException ? e.Message : "failed to load; the log has the cause";
            ModelUnavailable(logger, found.Name, version, e.Message, e is ModelLoadException ? e.InnerException : e);
            return null;
        }
    }

    [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Model {Model} version {Version} is Ready: {Task} on {Device}, loaded in {LoadMs} ms")]
    private static partial void ModelLoaded(ILogger logger, string model, int version, string task, string device, long loadMs);

    [LoggerMessage(EventIds.ModelUnavailable, LogLevel.Error, "Model {Model} version {Version} is Unavailable: {Reason}")]
    private static partial void ModelUnavailable(ILogger logger, string model, int version, string reason, Exception? exception);
}
