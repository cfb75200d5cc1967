using SeqServe.Core.Errors;
using SeqServe.Core.Repository;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>The file of a classifier's labels: one a line, in the order of the classes.</summary>
internal static class LabelsFile
{
    /// <summary>The file's name, as the manifest gives it.</summary>
    public static string NameOf(ModelLoad load) => load.Section<ClassificationSection>().LabelsFile;

    /// <summary>Reads it.</summary>
    /// <exception cref="ModelLoadException">It is missing; or a label is empty or given twice.</exception>
    public static IReadOnlyList<string> Read(ModelLoad load)
    {
        var file = NameOf(load);
        var path = load.File("labels", file);
        var labels = File.ReadAllLines(path);
        if (labels.Length > 0 && FileHead.Sentence(path) is { } sentence)
            throw new ModelLoadException(sentence);
        if (labels.Length == 0 || labels.Any(string.IsNullOrWhiteSpace))
            throw new ModelLoadException($"{file} must hold one label a line, without empty lines.");
        if (labels.Distinct(StringComparer.Ordinal).Count() != labels.Length)
            throw new ModelLoadException($"{file} holds a label twice.");
        return labels;
    }
}
