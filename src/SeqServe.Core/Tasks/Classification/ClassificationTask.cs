using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>One label for a text.</summary>
public sealed class ClassificationTask : ModelTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "classification";

    private const string ActivationKey = "activation";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => ClassifierContract.Default;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [Labels.Key, ActivationKey];

    /// <inheritdoc/>
    public override GoldenAnswers Golden { get; } = new("label", "score", (model, text) => SequenceClassifier.AnswerGolden((ServedClassifier)model, text));

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root) =>
        new ClassificationSection(Labels.Read(root), root.Choice(ActivationKey, Activations.ByName, Activation.Softmax));

    /// <inheritdoc/>
    public override IEnumerable<Action> FileChecks(ModelLoad load) => [() => load.Section<ClassificationSection>().Labels.Load(load), .. base.FileChecks(load)];

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var section = load.Section<ClassificationSection>();
        var labels = section.Labels.Load(load);
        var opened = new EncoderLoading(load).Open(backend => section.Labels.Compare(labels, backend.Width), RowOutputs.All);
        if (opened.Backend.IsPerToken)
            throw new ModelLoadException("The graph gives numbers for each token; a classifier gives them for each text. Serve it under the task of a tagger.");
        var served = new ServedClassifier(load, opened, labels) { Independence = opened.Independence, Graphs = opened.Graphs };
        new EncoderPlanner(load).Plan(served, opened.Backend, opened.GraphFile);
        return served;
    }
}

/// <summary>What the manifest of a classifier says of its task.</summary>
/// <param name="Labels">The names of the classes.</param>
/// <param name="Activation">What makes scores of its logits.</param>
public sealed record ClassificationSection(Labels Labels, Activation Activation) : TaskSection;
