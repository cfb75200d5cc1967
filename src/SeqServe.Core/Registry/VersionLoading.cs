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
    public LoadFailure? Load(ModelVersion found)
    {
        if (found.Source.Fault is { } fault)
        {
            ModelUnavailable(logger, found.Source.Name, found.Number, fault, null);
            return new LoadFailure(fault, found.Source.Unread);
        }

        var loading = found.Loading(time.GetUtcNow());
        if (!published.TryReplace(found, loading))
            return new LoadFailure(Superseded);
        if (TryLoad(found.Source, found.Number, out var failure) is not { } model)
        {
            published.TryReplace(loading, loading.Failed(failure.Reason, time.GetUtcNow()));
            return failure;
        }

        if (published.TryReplace(loading, loading.Ready(model, time.GetUtcNow())))
            return null;
        published.Discard(model);
        return new LoadFailure(Superseded);
    }

    /// <summary>Loads a version and publishes nothing.</summary>
    /// <returns>The model, which the caller owns, or null and the failure.</returns>
    public ServedModel? TryLoad(RepositoryModel found, int version, out LoadFailure failure)
    {
        try
        {
            var started = time.GetTimestamp();
            var model = loader.Load(found, version);
            ModelLoaded(logger, found.Name, version, model.Manifest.Task, model.Device, (long)time.GetElapsedTime(started).TotalMilliseconds);
            failure = default;
            return model;
        }
        catch (Exception e)
        {
            // Catches whatever a graph makes the runtime throw: only this model cannot be served.
            var reason = e is ModelLoadException ? e.Message : "failed to load; the log has the cause";
            failure = new LoadFailure(reason, Unread(e));
            ModelUnavailable(logger, found.Name, version, e.Message, e is ModelLoadException ? e.InnerException : e);
            return null;
        }
    }

    // The first failure counts: what fails while a load is closed is joined to it.
    private static Exception? Unread(Exception? failure) => failure switch
    {
        IOException or UnauthorizedAccessException => failure,
        AggregateException both => Unread(both.InnerExceptions[0]),
        null => null,
        _ => Unread(failure.InnerException),
    };

    [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Model {Model} version {Version} is Ready: {Task} on {Device}, loaded in {LoadMs} ms")]
    private static partial void ModelLoaded(ILogger logger, string model, int version, string task, string device, long loadMs);

    [LoggerMessage(EventIds.ModelUnavailable, LogLevel.Error, "Model {Model} version {Version} is Unavailable: {Reason}")]
    private static partial void ModelUnavailable(ILogger logger, string model, int version, string reason, Exception? exception);
}

/// <summary>Why a version does not serve.</summary>
/// <param name="Reason">What is wrong and what to change; shown to clients.</param>
/// <param name="Unread">Set where the cause is a file that could not be read, which may have passed at the next attempt.</param>
internal readonly record struct LoadFailure(string Reason, Exception? Unread = null);
