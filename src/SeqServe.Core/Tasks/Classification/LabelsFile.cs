using System.Text;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>The file of a classifier's labels: one a line, in the order of the classes.</summary>
internal static class LabelsFile
{
    // They are listed with the model, at each request for the list.
    private const int MaxLabels = 1 << 20;
    private const int MaxCharacters = 1024;

    /// <summary>The file's name, as the manifest gives it.</summary>
    public static string NameOf(ModelLoad load) => load.Section<ClassificationSection>().LabelsFile;

    /// <summary>Reads it.</summary>
    /// <exception cref="ModelLoadException">It is missing; or a label is empty, too long or given twice.</exception>
    public static IReadOnlyList<string> Read(ModelLoad load)
    {
        var file = NameOf(load);
        var content = load.Read("labels", file);
        if (content.Length > 0 && FileHead.Fault(content) is { } fault)
            throw new ModelLoadException($"{file} {fault}.");
        return Read(file, content);
    }

    // Line by line, so that a file of nothing but line ends is not first made a list of them.
    private static List<string> Read(string file, byte[] content)
    {
        using var lines = new StreamReader(new MemoryStream(content), Encoding.UTF8);
        var labels = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (lines.ReadLine() is { } label)
        {
            if (string.IsNullOrWhiteSpace(label))
                throw new ModelLoadException($"{file} must hold one label a line, without empty lines.");
            if (label.Length > MaxCharacters)
                throw new ModelLoadException($"{file} holds a label of {label.Length} characters; write at most {MaxCharacters}.");
            if (!known.Add(label))
                throw new ModelLoadException($"{file} holds a label twice.");
            if (labels.Count == MaxLabels)
                throw new ModelLoadException($"{file} holds more than {MaxLabels} labels.");
            labels.Add(label);
        }

        return labels.Count > 0 ? labels : throw new ModelLoadException($"{file} must hold one label a line, without empty lines.");
    }
}
