using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>A kind of model, told by the class that its configuration names, and what of its files goes into the manifest.</summary>
/// <param name="Task">The task that serves it.</param>
/// <param name="Graphs">Finds its graphs.</param>
/// <param name="Complete">Adds what its task needs.</param>
internal sealed record HubKind(string Task, Func<HubFolder, JsonObject> Graphs, Action<JsonObject, HubFolder, HubJson> Complete)
{
    private const string ForEmbeddings = "export it for the task that you need (\"--task feature-extraction\" gives embeddings)";

    private static readonly HubKind s_classifier = new("classification", HubGraphs.Single, AddClasses);
    private static readonly HubKind s_tagger = new("tagging", HubGraphs.Single, AddLabels);
    private static readonly HubKind s_embedder = new("embedding", HubGraphs.Single, HubPooling.Add);
    private static readonly HubKind s_translator = new("translation", HubTranslator.Graphs, HubTranslator.Add);
    private static readonly HubKind s_languageModel = new("language-model", HubGraphs.Decoder, HubLanguageModel.Add);

    private static readonly (string Ending, HubKind Kind)[] s_kinds =
    [
        ("ForSequenceClassification", s_classifier),
        ("ForTokenClassification", s_tagger),
        ("ForCausalLM", s_languageModel),
        ("LMHeadModel", s_languageModel),
        ("ForConditionalGeneration", s_translator),
        ("MTModel", s_translator),
    ];

    // Of classes that read no text, or that no task asks for, the part of their name by which they are told.
    private static readonly (string Part, string What)[] s_others =
    [
        ("ForMaskedLM", $"fills masked words, which no task of this server does; {ForEmbeddings}"),
        ("ForQuestionAnswering", "marks answers in a text, which no task of this server does"),
        ("ForMultipleChoice", "chooses among answers, which no task of this server does"),
        ("ForPreTraining", $"is a model before its training for a task; {ForEmbeddings}"),
        ("Image", "reads images; this server reads text"),
        ("Vision", "reads images; this server reads text"),
        ("ForObjectDetection", "reads images; this server reads text"),
        ("Segmentation", "reads images; this server reads text"),
        ("Depth", "reads images; this server reads text"),
        ("Audio", "reads sound; this server reads text"),
        ("Speech", "reads sound; this server reads text"),
        ("CTC", "reads sound; this server reads text"),
        ("XVector", "reads sound; this server reads text"),
        ("CLIP", "reads images; this server reads text"),
    ];

    // Types of models of which even the bare class reads no text.
    private static readonly HashSet<string> s_notText = new(StringComparer.Ordinal)
    {
        "vit", "deit", "beit", "swin", "swinv2", "convnext", "resnet", "clip", "siglip", "blip", "detr", "yolos", "segformer", "dinov2", "sam", "owlvit",
        "wav2vec2", "hubert", "wavlm", "whisper", "speecht5", "audio-spectrogram-transformer", "clap", "musicgen", "encodec", "vits", "time_series_transformer",
        "llava", "llava_next", "blip-2", "instructblip", "pix2struct", "qwen2_vl", "qwen2_5_vl", "paligemma", "idefics", "idefics2", "kosmos-2", "git",
        "speech_to_text", "seamless_m4t", "vision-encoder-decoder", "speech-encoder-decoder",
    };

    /// <summary>The kind of a folder.</summary>
    /// <exception cref="HubException">No task serves it.</exception>
    public static HubKind Of(HubFolder folder, HubJson config)
    {
        var type = config.Text("model_type");
        if (type is not null && s_notText.Contains(type))
            throw new HubException($"config.json: model_type \"{type}\" reads no text; this server reads text");
        if (folder.Has("modules.json"))
            return s_embedder;
        var classes = config.Texts("architectures");
        foreach (var name in classes)
        {
            if (Array.Find(s_kinds, kind => name.EndsWith(kind.Ending, StringComparison.Ordinal)).Kind is { } kind)
                return kind;
        }

        if (classes is not [var only, ..])
        {
            throw new HubException(
                "config.json names no class under \"architectures\", so that it is not known what the model does; add it, as the model's author has it");
        }

        if (Array.Find(s_others, other => only.Contains(other.Part, StringComparison.Ordinal)).What is { } what)
            throw new HubException($"config.json: {only} {what}");
        return only.EndsWith("Model", StringComparison.Ordinal)
            ? s_embedder
            : throw new HubException(
                $"config.json: {only} is of no kind that this server knows; it serves …ForSequenceClassification, …ForTokenClassification, …ForCausalLM, "
                + "…ForConditionalGeneration, …MTModel and …Model");
    }

    private static void AddClasses(JsonObject manifest, HubFolder folder, HubJson config)
    {
        AddLabels(manifest, folder, config);
        // As transformers' pipeline for text classification has it.
        manifest["activation"] = config.Text("problem_type") switch
        {
            "multi_label_classification" => "sigmoid",
            "regression" => "none",
            null when manifest["labels"]!.AsArray().Count == 1 => "sigmoid",
            _ => "softmax",
        };
    }

    private static void AddLabels(JsonObject manifest, HubFolder folder, HubJson config)
    {
        var labels = Labels(config) ?? [.. Enumerable.Range(0, (int)Math.Clamp(config.Number("num_labels") ?? 2, 1, 1 << 16)).Select(static i => $"LABEL_{i}")];
        manifest["labels"] = new JsonArray([.. labels.Select(static label => JsonValue.Create(label))]);
    }

    private static string[]? Labels(HubJson config)
    {
        if (config.Object("id2label") is not { } map)
            return null;
        var entries = map.Entries().ToList();
        var labels = new string[entries.Count];
        foreach (var entry in entries)
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= labels.Length || labels[id] is not null)
                throw new HubException($"config.json: id2label must name each of 0–{labels.Length - 1} once; \"{entry.Name}\" is not one of them, or twice");
            labels[id] = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : entry.Value.GetRawText();
        }

        return labels.Length == 0 ? null : labels;
    }
}
