using System.Text.Json;

namespace SeqServe.TestSupport;

/// <summary>The models that ship, as they are on disk: a model that is added is tested without a change here.</summary>
public static class ShippedModelNames
{
    /// <summary>Names of the models of task classification.</summary>
    public static IReadOnlyList<string> Classifiers { get; } = [.. Directory.EnumerateFiles(RepositoryRoot.Models, "model.json", SearchOption.AllDirectories)
        .Where(IsClassifier)
        .Select(file => Path.GetFileName(Path.GetDirectoryName(file))!)
        .Order(StringComparer.Ordinal)];

    private static bool IsClassifier(string manifest)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(manifest));
        return json.RootElement.GetProperty("task").GetString() == "classification";
    }
}
