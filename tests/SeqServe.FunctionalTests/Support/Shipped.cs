using System.Globalization;
using System.Text.Json;
using SeqServe.Api.Configuration;

namespace SeqServe.FunctionalTests.Support;

/// <summary>What is in the repository that ships, read from its files.</summary>
internal static class Shipped
{
    /// <summary>The default classifier.</summary>
    public const string Default = "sentiment-gru";

    public static string Folder { get; } = ShippedModels.Find(AppContext.BaseDirectory);

    public static string FolderOf(string model) => Path.Combine(Folder, model);

    /// <summary>Every shipped model by name, so that a model that is added later is tested too.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateDirectories(Folder).Where(f => TaskOf(f) is not null).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>The names of the classifiers as a theory's rows.</summary>
    public static TheoryData<string> Classifiers => [.. Names.Where(name => TaskOf(FolderOf(name)) == "classification")];

    public static IReadOnlyList<string> Labels(string model) => File.ReadAllLines(Path.Combine(FolderOf(model), "labels.txt"));

    /// <summary>The version that is served: of every shipped model the newest.</summary>
    public static int Version(string model) =>
        Directory.EnumerateDirectories(FolderOf(model)).Max(d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture));

    private static string? TaskOf(string folder)
    {
        var manifest = Path.Combine(folder, "model.json");
        if (!File.Exists(manifest))
            return null;
        using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
        return json.RootElement.GetProperty("task").GetString();
    }
}
