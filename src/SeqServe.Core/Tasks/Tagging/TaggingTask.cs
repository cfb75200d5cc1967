using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Tagging;

/// <summary>A label for each token of a text.</summary>
public sealed class TaggingTask : ModelTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "tagging";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => TaggerContract.Default;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [Labels.Key];

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root) => new TaggingSection(Labels.Read(root));

    /// <inheritdoc/>
    public override IEnumerable<Action> FileChecks(ModelLoad load) => [() => load.Section<TaggingSection>().Labels.Load(load), .. base.FileChecks(load)];

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var section = load.Section<TaggingSection>();
        var labels = section.Labels.Load(load);
        var opened = new EncoderLoading(load).Open(backend => section.Labels.Compare(labels, backend.Width), RowOutputs.All);
        if (opened.Tokenizer is not IOffsetTokenizer tokenizer)
        {
            throw new ModelLoadException(
                $"A tokenizer of type \"{load.Manifest.Tokenizer!.Type}\" does not say where its tokens stand in the text, which tags need; "
                + "use one of type \"huggingface\".");
        }

        var served = new ServedTagger(load, opened, tokenizer, labels) { Independence = opened.Independence, Graphs = opened.Graphs };
        new EncoderPlanner(load).Plan(served, opened.Backend, opened.GraphFile);
        return served;
    }
}

/// <summary>What the manifest of a tagger says of its task.</summary>
/// <param name="Labels">The names of the classes.</param>
public sealed record TaggingSection(Labels Labels) : TaskSection;

/// <summary>A loaded tagger.</summary>
public sealed class ServedTagger : ServedEncoder
{
    /// <summary>Tags texts.</summary>
    public const string TagOperation = "tag";

    internal ServedTagger(ModelLoad load, OpenedEncoder opened, IOffsetTokenizer tokenizer, IReadOnlyList<string> labels)
        : base(load, opened, TagOperation) => (Offsets, Labels) = (tokenizer, labels);

    /// <summary>Names of its classes; the index is the class.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Its tokenizer.</summary>
    public IOffsetTokenizer Offsets { get; }

    /// <inheritdoc/>
    public override ModelDetails Describe() => base.Describe() with { Labels = Labels };
}
