using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>A last check of a version that is loaded and does not serve yet.</summary>
/// <param name="found">Its folder.</param>
/// <param name="candidate">The version.</param>
/// <exception cref="ModelLoadException">It must not serve; the message is the reason.</exception>
public delegate void ModelAcceptance(RepositoryModel found, ServedModel candidate);

/// <summary>Turns a version folder into a model that serves: checksums, what its task loads, golden cases.</summary>
/// <param name="tasks">The tasks there are.</param>
/// <param name="services">What models run on.</param>
/// <param name="acceptance">A last check; null for none.</param>
public sealed class ModelLoader(TaskCatalog tasks, TaskServices services, ModelAcceptance? acceptance = null)
{
    /// <summary>Loads a version.</summary>
    /// <returns>The model, warm; the caller holds it.</returns>
    /// <exception cref="ModelLoadException">It cannot be served; the message is the reason.</exception>
    public ServedModel Load(RepositoryModel model, int version)
    {
        var started = services.Time.GetTimestamp();
        if (!Directory.Exists(model.VersionFolder(version)))
            throw new ModelLoadException($"version_policy asks for version {version}, which has no folder.");
        model = ForVersion(model, version);
        var opened = new DisposalStack();
        var task = TaskOf(model);
        var load = new ModelLoad(model, version, task, services, opened);
        try
        {
            ModelFiles.VerifyChecksums(model, version);
            var served = task.Load(load);
            acceptance?.Invoke(model, served);
            served.Metrics.LoadSeconds = services.Time.GetElapsedTime(started).TotalSeconds;
            return served;
        }
        catch (Exception e)
        {
            Close(load, e);
            if (e is IOException or UnauthorizedAccessException)
                throw Unreadable(version, e);
            throw;
        }
    }

    /// <summary>Runs each check of a version's files; the manifest has been read without faults.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="version">The version.</param>
    /// <param name="run">Runs a check, which may throw as <see cref="Load"/> does.</param>
    internal void CheckFiles(RepositoryModel model, int version, Action<Action> run)
    {
        model = ForVersion(model, version);
        using var opened = new DisposalStack();
        run(() => ModelFiles.VerifyChecksums(model, version));
        var task = TaskOf(model);
        foreach (var check in task.FileChecks(new ModelLoad(model, version, task, services, opened)))
            run(check);
    }

    /// <summary>How a model is asked for an answer of its golden cases; null for a task without.</summary>
    internal GoldenAnswers? GoldenOf(RepositoryModel model) => TaskOf(model).Golden;

    private ModelTask TaskOf(RepositoryModel model) => tasks[model.Manifest!.Task];

    private static RepositoryModel ForVersion(RepositoryModel model, int version)
    {
        try
        {
            return model.ForVersion(version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(version, e);
        }
    }

    private static ModelLoadException Unreadable(int version, Exception cause) =>
        new($"A file of version {version} cannot be read; check that it exists and that the server may read it.", cause);

    // The reason is what made the load fail; what fails while closing is logged with it.
    private static void Close(ModelLoad load, Exception cause)
    {
        try
        {
            load.Runs.EndAndFree(cause, load.Opened.Dispose);
        }
        catch (Exception e)
        {
            var both = new AggregateException(cause.Message, cause, e);
            throw cause is ModelLoadException ? new ModelLoadException(cause.Message, both) : both;
        }
    }
}
