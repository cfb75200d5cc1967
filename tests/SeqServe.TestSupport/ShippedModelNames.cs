using System.Globalization;
using System.Text.Json;

namespace SeqServe.TestSupport;

/// <summary>The models that ship, as they are on disk: a model that is added is tested without a change here.</summary>
public static class ShippedModelNames
{
    private static readonly IReadOnlyList<(string Name, string Task)> s_all = [.. Directory
        .EnumerateFiles(RepositoryRoot.Models, "model.json", SearchOption.AllDirectories)
        .Select(file => (Path.GetFileName(Path.GetDirectoryName(file))!, TaskOf(file)))
        .OrderBy(model => model.Item1, StringComparer.Ordinal)];

    /// <summary>Names of the models of task classification.</summary>
    public static IReadOnlyList<string> Classifiers { get; } = Of("classification");

    /// <summary>Names of the models of a task, as the manifests write it.</summary>
    public static IReadOnlyList<string> Of(string task) => [.. s_all.Where(model => model.Task == task).Select(model => model.Name)];

    /// <summary>The version folders of a model, in ascending order.</summary>
    public static IReadOnlyList<int> VersionsOf(string name) =>
        [.. Directory.EnumerateDirectories(RepositoryRoot.Model(name)).Select(d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture)).Order()];

    private static string TaskOf(string manifest)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(manifest));
        return json.RootElement.GetProperty("task").GetString()!;
    }
}
