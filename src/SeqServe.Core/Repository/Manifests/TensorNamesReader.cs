using System.Text.Json;
using SeqServe.Core.Backends;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>Reads <c>inputs</c> and <c>outputs</c>: what a model's graphs call the tensors that its task needs.</summary>
internal static class TensorNamesReader
{
    private static readonly Dictionary<string, GraphContract> s_contracts = new(StringComparer.Ordinal)
    {
        [ModelTask.Classification] = ClassifierContract.Default,
        [ModelTask.Translation] = TranslatorContract.Default,
        [ModelTask.LanguageModel] = LanguageModelContract.Default,
    };

    /// <summary>Reads one of the keys.</summary>
    /// <param name="root">The manifest.</param>
    /// <param name="key"><c>inputs</c> or <c>outputs</c>.</param>
    /// <param name="side">The side that it names tensors of.</param>
    /// <param name="task">The task, or null where it is not known, so that the parts cannot be judged.</param>
    public static IReadOnlyDictionary<string, string> Read(ManifestObject root, string key, GraphSide side, string? task)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (task is not null && !s_contracts.ContainsKey(task) && root.Value(key) is { } value)
        {
            const string Remedy = "names the parts of a text model's graphs; task \"tensor\" has none, its clients name the tensors as the graph does; remove it";
            root.Wrong(key, value, Remedy);
            return names;
        }

        if (root.Object(key) is not { } json)
            return names;
        foreach (var (part, name) in json.Entries())
        {
            if (name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text)
                names[part] = text;
            else
                json.Wrong(part, name, "must be the name of a tensor of the graph, in quotes");
        }

        json.RefuseUnknownKeys();
        if (task is not null && s_contracts[task].FindFault(side, names) is { } fault)
            json.Fault(fault.Key, names[fault.Key], fault.Remedy);
        return names;
    }
}
