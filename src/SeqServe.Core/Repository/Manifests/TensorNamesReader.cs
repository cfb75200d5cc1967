using System.Text.Json;
using SeqServe.Core.Backends;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>Reads <c>inputs</c> and <c>outputs</c>: what a model's graphs call the tensors that its task needs.</summary>
internal static class TensorNamesReader
{
    /// <summary>Reads one of the keys.</summary>
    /// <param name="root">The manifest.</param>
    /// <param name="key"><c>inputs</c> or <c>outputs</c>.</param>
    /// <param name="side">The side that it names tensors of.</param>
    /// <param name="task">The task.</param>
    public static IReadOnlyDictionary<string, string> Read(ManifestObject root, string key, GraphSide side, ITaskSchema task)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (task.Contract.Keys(side).Count == 0 && root.Value(key) is { } value)
        {
            root.Wrong(
                key, value, $"names the parts of a task's graphs; task \"{task.Name}\" has none, its clients name the tensors as the graph does; remove it");
            return names;
        }

        if (root.Object(key) is not { } json)
            return names;
        foreach (var (part, name) in json.Entries())
        {
            if (name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text)
                names[part] = text;
            else
                json.Wrong(part, name, "must be the name of a tensor of the graph");
        }

        json.RefuseUnknownKeys();
        if (task.Contract.FindFault(side, names) is { } fault)
            json.Fault(fault.Key, names[fault.Key], fault.Remedy);
        return names;
    }
}
