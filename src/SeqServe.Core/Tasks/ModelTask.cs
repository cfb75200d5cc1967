using SeqServe.Core.Backends;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks;

/// <summary>
/// What models are asked to do. A task is a module: what is particular to it (its part of the manifest, how a version is loaded, what it answers to golden
/// cases) is here, and nothing else asks which task a model does. Stateless.
/// </summary>
public abstract class ModelTask : ITaskSchema
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract GraphContract Contract { get; }

    /// <inheritdoc/>
    public virtual bool ReadsText => true;

    /// <inheritdoc/>
    public virtual bool WritesText => false;

    /// <inheritdoc/>
    public virtual bool CanBeIsolated => false;

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> Keys => [];

    /// <summary>How its models answer golden cases; null for a task without such cases.</summary>
    public virtual GoldenAnswers? Golden => null;

    /// <inheritdoc/>
    public abstract TaskSection ReadSection(ManifestObject root);

    /// <summary>Opens a version: files, graphs, warm-up, probes, batchers.</summary>
    /// <param name="load">The version, and the stack of what has been opened.</param>
    /// <returns>The model, which owns the stack from now on.</returns>
    /// <exception cref="Errors.ModelLoadException">It cannot be served; the message is the reason.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public abstract ServedModel Load(ModelLoad load);

    /// <summary>Checks of a version's files that do not depend on each other, for a validation that reports all faults at once.</summary>
    /// <param name="load">The version.</param>
    /// <returns>Each throws as <see cref="Load"/> does.</returns>
    public virtual IEnumerable<Action> FileChecks(ModelLoad load)
    {
        if (load.Manifest.Tokenizer is not null)
            yield return () => load.OpenTokenizer();
        foreach (var role in load.Manifest.Graphs.Keys)
            yield return () => load.GraphFile(role);
    }
}

/// <summary>How the models of a task answer golden cases.</summary>
/// <param name="AnswerKey">The key of a case's answer, as the task's route names it.</param>
/// <param name="NumberKey">The key of its score or probability.</param>
/// <param name="Answer">What a model of the task answers to a text, by the same steps as a request with the route's defaults.</param>
public sealed record GoldenAnswers(string AnswerKey, string NumberKey, Func<ServedModel, string, (string Answer, double Number)> Answer);
