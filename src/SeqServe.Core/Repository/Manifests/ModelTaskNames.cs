namespace SeqServe.Core.Repository.Manifests;

/// <summary>The tasks as manifests, metrics and answers spell them.</summary>
public static class ModelTaskNames
{
    /// <summary>Every task by its name.</summary>
    public static IReadOnlyDictionary<string, ModelTask> ByName { get; } = new Dictionary<string, ModelTask>(StringComparer.Ordinal)
    {
        ["classification"] = ModelTask.Classification,
        ["translation"] = ModelTask.Translation,
        ["language-model"] = ModelTask.LanguageModel,
        ["tensor"] = ModelTask.Tensor,
    };

    /// <summary>The task's name.</summary>
    public static string ToName(this ModelTask task) => ByName.First(pair => pair.Value == task).Key;
}
