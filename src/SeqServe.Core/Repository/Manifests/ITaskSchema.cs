using SeqServe.Core.Backends;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>What the manifests of a task hold beyond the keys that all have.</summary>
public interface ITaskSchema
{
    /// <summary>The task as manifests, metrics and answers spell it.</summary>
    string Name { get; }

    /// <summary>Its graphs, and which of their tensors plays which part.</summary>
    GraphContract Contract { get; }

    /// <summary>Whether its inputs are texts: then a tokenizer and <c>limits.max_input_tokens</c> are needed.</summary>
    bool ReadsText { get; }

    /// <summary>Whether it generates texts: then begin and end ids and <c>limits.max_output_tokens</c> are needed.</summary>
    bool WritesText { get; }

    /// <summary>Whether its graphs can run in a process of their own: <c>instances.isolation</c> may be <c>"process"</c>.</summary>
    bool CanBeIsolated => false;

    /// <summary>Keys of the manifest that belong to this task; under another task each of them is a fault, unless that task has the key too.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>Reads <see cref="Keys"/>; faults are noted on the object.</summary>
    /// <param name="root">The manifest.</param>
    TaskSection ReadSection(ManifestObject root);
}

/// <summary>What a manifest says of its task.</summary>
public abstract record TaskSection
{
    /// <summary>Which outputs of a graph go back in; null where nothing does.</summary>
    public DecoderWiring? Wiring { get; init; }

    /// <summary>What it translates; null where the task does not translate.</summary>
    public virtual LanguagePair? Languages => null;
}

/// <summary>What a translator translates.</summary>
/// <param name="Source">Language code of its inputs, such as <c>en</c>.</param>
/// <param name="Target">Language code of its outputs.</param>
public sealed record LanguagePair(string Source, string Target);
