using System.Text.Json;
using System.Text.Json.Nodes;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>How the numbers of tokens become those of a text: by the modules of a sentence-transformers folder.</summary>
internal static class HubPooling
{
    private static readonly (string Key, string Pooling)[] s_modes =
    [
        ("pooling_mode_cls_token", "cls"),
        ("pooling_mode_mean_tokens", "mean"),
        ("pooling_mode_max_tokens", "max"),
        ("pooling_mode_mean_sqrt_len_tokens", "mean-sqrt-length"),
        ("pooling_mode_lasttoken", "last"),
        ("pooling_mode_weightedmean_tokens", ""),
    ];

    /// <summary>Adds it to a manifest.</summary>
    /// <exception cref="HubException">A module does what this server does not.</exception>
    public static void Add(JsonObject manifest, HubFolder folder, HubJson config)
    {
        // What sentence-transformers does with a folder without modules.
        var (pooling, normalize) = ("mean", false);
        foreach (var (type, path) in Modules(folder))
        {
            switch (type)
            {
                case "Transformer":
                    break;
                case "Pooling":
                    pooling = Pooling(folder.Object(path.Length == 0 ? HubFolder.ConfigName : $"{path}/{HubFolder.ConfigName}"));
                    break;
                case "Normalize":
                    normalize = true;
                    break;
                default:
                    throw new HubException(
                        $"modules.json: module \"{type}\" is none that this server computes (Transformer, Pooling, Normalize); "
                        + "export the whole model, so that the graph gives sentence_embedding, and remove that module");
            }
        }

        (manifest["pooling"], manifest["normalize"]) = (pooling, normalize);
        var prompts = folder.Object("config_sentence_transformers.json");
        if (prompts.Text("default_prompt_name") is { } name && prompts.Object("prompts")?.Text(name) is { Length: > 0 } prompt)
            manifest["prefix"] = prompt;
    }

    private static IEnumerable<(string Type, string Path)> Modules(HubFolder folder)
    {
        if (folder.Json("modules.json") is not { ValueKind: JsonValueKind.Array } modules)
            yield break;
        foreach (var element in modules.EnumerateArray().Where(static element => element.ValueKind == JsonValueKind.Object))
        {
            var module = new HubJson("modules.json", element);
            var type = module.Text("type") ?? "";
            var path = module.Text("path") ?? "";
            if (path.Length > 0 && !Manifests.RelativePath.IsInside(path))
                throw new HubException($"modules.json: path \"{path}\" leads out of the folder");
            yield return (type[(type.LastIndexOf('.') + 1)..], path);
        }
    }

    private static string Pooling(HubJson config)
    {
        // Newer folders name the mode itself.
        if (config.Text("pooling_mode") is { } mode)
        {
            return s_modes.Any(known => known.Pooling == mode)
                ? mode
                : throw new HubException($"{config.File}: pooling_mode \"{mode}\" is not computed by this server");
        }

        var modes = s_modes.Where(known => config.Flag(known.Key) == true).ToList();
        return modes switch
        {
            [] => "mean",
            [{ Pooling: { Length: > 0 } only }] => only,
            _ => throw new HubException(
                $"{config.File}: {string.Join(" and ", modes.Select(known => known.Key))} cannot be computed; "
                + "export the whole model, so that the graph gives sentence_embedding"),
        };
    }
}
