using System.Text;
using System.Text.Json;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>The names of a model's classes, in their order: in the manifest itself, or in a file, one a line.</summary>
/// <param name="File">The file; null where the manifest lists them.</param>
/// <param name="Listed">What the manifest lists; null where it names a file.</param>
public sealed record Labels(string? File, IReadOnlyList<string>? Listed)
{
    /// <summary>The manifest's key.</summary>
    public const string Key = "labels";

    // They are listed with the model, at each request for the list.
    private const int MaxLabels = 1 << 20;
    private const int MaxCharacters = 1024;

    /// <summary>Reads the key.</summary>
    internal static Labels Read(ManifestObject root)
    {
        if (root.Value(Key) is { ValueKind: JsonValueKind.Array })
            return new Labels(null, root.Texts(Key));
        return new Labels(root.FileName(Key, required: true) ?? "", null);
    }

    /// <summary>Reads the names.</summary>
    /// <exception cref="ModelLoadException">The file is missing; or a label is empty, too long or given twice.</exception>
    internal IReadOnlyList<string> Load(ModelLoad load)
    {
        if (Listed is not null)
            return Check(Key, Listed);
        var content = load.Read(Key, File!);
        if (content.Length > 0 && FileHead.Fault(content) is { } fault)
            throw new ModelLoadException($"{File} {fault}.");
        return Check(File!, Lines(content));
    }

    /// <summary>Refuses a graph of another number of classes.</summary>
    /// <exception cref="ModelLoadException">It has.</exception>
    internal void Compare(IReadOnlyList<string> labels, int classes)
    {
        if (labels.Count != classes)
            throw new ModelLoadException($"{File ?? Key} holds {labels.Count} labels, the graph computes {classes} classes; they must be equal.");
    }

    private static IEnumerable<string> Lines(byte[] content)
    {
        using var lines = new StreamReader(new MemoryStream(content), Encoding.UTF8);
        while (lines.ReadLine() is { } label)
            yield return label;
    }

    // One by one, so that a file of nothing but line ends is not first made a list of them.
    private static List<string> Check(string source, IEnumerable<string> lines)
    {
        var labels = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in lines)
        {
            if (string.IsNullOrWhiteSpace(label))
                throw new ModelLoadException($"{source} must hold one label a line, without empty lines.");
            if (label.Length > MaxCharacters)
                throw new ModelLoadException($"{source} holds a label of {label.Length} characters; write at most {MaxCharacters}.");
            if (!known.Add(label))
                throw new ModelLoadException($"{source} holds a label twice.");
            if (labels.Count == MaxLabels)
                throw new ModelLoadException($"{source} holds more than {MaxLabels} labels.");
            labels.Add(label);
        }

        return labels.Count > 0 ? labels : throw new ModelLoadException($"{source} must hold one label a line, without empty lines.");
    }
}
