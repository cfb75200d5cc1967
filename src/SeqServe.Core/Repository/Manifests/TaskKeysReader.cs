namespace SeqServe.Core.Repository.Manifests;

/// <summary>The keys whose presence depends on the task.</summary>
internal static class TaskKeysReader
{
    // A generous bound on what any model takes; it keeps rows × tokens far from the end of int.
    private const int MaxTokens = 65_536;

    public static IReadOnlyDictionary<string, string> ReadGraphs(ManifestObject root, string task)
    {
        var graphs = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.Object("graphs") is not { } json)
            return task == ModelTask.Translation ? Require(root) : new Dictionary<string, string> { ["model"] = "model.onnx" };

        string[] required = task == ModelTask.Translation ? ["encoder", "decoder"] : ["model"];
        foreach (var role in required)
        {
            if (json.FileName(role, required: true) is { } file)
                graphs[role] = file;
        }

        if (task == ModelTask.LanguageModel && json.FileName("score") is { } score)
            graphs["score"] = score;
        json.RefuseUnknownKeys();
        return graphs;
    }

    public static string? ReadLabels(ManifestObject root, string task)
    {
        if (task == ModelTask.Classification)
            return root.FileName("labels", required: true);
        if (root.Value("labels") is { } value)
            root.Wrong("labels", value, "belongs to task \"classification\" only; remove it");
        return null;
    }

    public static LimitsManifest ReadLimits(ManifestObject root, string task)
    {
        var required = task != ModelTask.Tensor;
        if (root.Object("limits", required) is not { } json)
            return new LimitsManifest(1, null);
        var limits = new LimitsManifest(
            (int?)json.Number("max_input_tokens", 1, MaxTokens, required) ?? 1,
            (int?)json.Number("max_output_tokens", 1, MaxTokens, required: task is ModelTask.Translation or ModelTask.LanguageModel));
        json.RefuseUnknownKeys();
        return limits;
    }

    private static Dictionary<string, string> Require(ManifestObject root)
    {
        root.Fault("graphs", null, "is missing; add {\"encoder\": \"encoder.onnx\", \"decoder\": \"decoder.onnx\"}");
        return [];
    }
}
