using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>Reads a <c>model.json</c> and finds all of its faults at once. Comments and trailing commas are allowed.</summary>
public sealed partial class ManifestReader
{
    // More than any model takes; it keeps rows × tokens far from the end of int.
    private const int MaxTokens = 65_536;

    // They are listed with the model, at each request for the list.
    private const int MaxDescription = 1024;

    private const string InputsKey = "inputs";
    private const string OutputsKey = "outputs";

    private static readonly Dictionary<string, GraphIsolation?> s_isolations = new(StringComparer.Ordinal)
    {
        ["auto"] = null,
        ["process"] = GraphIsolation.Process,
        ["none"] = GraphIsolation.None,
    };

    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, ITaskSchema> _tasks;
    private readonly TokenizerManifestReader _tokenizers;
    private readonly Dictionary<string, string> _devices;

    /// <summary>Makes a reader.</summary>
    /// <param name="tasks">The tasks that a manifest may name.</param>
    /// <param name="tokenizerTypes">The values that <c>tokenizer.type</c> may have, and of each whether its files describe it.</param>
    /// <param name="devices">The values that <c>instances.device</c> may have beside <c>auto</c>.</param>
    public ManifestReader(IEnumerable<ITaskSchema> tasks, IReadOnlyDictionary<string, bool> tokenizerTypes, IEnumerable<string> devices)
    {
        _tasks = tasks.ToDictionary(task => task.Name, StringComparer.Ordinal);
        _tokenizers = new TokenizerManifestReader(tokenizerTypes);
        _devices = devices.Prepend(DeviceNames.Auto).ToDictionary(name => name, StringComparer.Ordinal);
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="folder">The model's folder name, which the manifest's name must equal.</param>
    /// <exception cref="ManifestException">The manifest has faults.</exception>
    public ModelManifest Read(ReadOnlyMemory<byte> json, string folder)
    {
        var file = $"{folder}/model.json";
        var errors = new ManifestErrors();
        try
        {
            using var document = JsonDocument.Parse(WithoutByteOrderMark(json), s_lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ManifestException(file, "the file must hold one JSON object");
            var manifest = Read(new ManifestObject(document.RootElement, "", errors), folder);
            return errors.Count == 0 ? manifest! : throw new ManifestException(file, errors);
        }
        catch (JsonException e)
        {
            throw new ManifestException(file, $"no valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // The JSON reader refuses invalid Unicode only when the string is asked for.
            throw new ManifestException(file, "a string in it is no valid Unicode; save the file as UTF-8 and write no lone surrogates");
        }
    }

    /// <summary>The manifest of a folder that holds a graph and no manifest: everything but name and task as by default.</summary>
    /// <param name="folder">The model's folder name.</param>
    /// <param name="task">The task.</param>
    /// <exception cref="ManifestException">The folder's name cannot be a model's.</exception>
    public ModelManifest Default(string folder, string task) =>
        Read(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["name"] = folder, ["task"] = task }), folder);

    // Some editors write a byte order mark; the JSON reader reports it as a fault of the first byte.
    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;

    /// <returns>Null where faults leave no manifest; they are noted.</returns>
    private ModelManifest? Read(ManifestObject root, string folder)
    {
        var name = root.Text("name", required: true);
        if (name is not null && name != folder)
            root.Fault("name", name, $"must equal the folder's name, \"{folder}\"");
        if (!NamePattern().IsMatch(folder))
            root.Fault("name", folder, "must begin with a letter or digit and hold only letters, digits, '-', '_' and '.', at most 64");

        // Without a known task, what depends on it is not checked: a remedy for the wrong task would mislead.
        var task = root.Choice<ITaskSchema?>("task", _tasks!, null, required: true);
        var common = new
        {
            Architecture = root.Text("architecture", most: MaxDescription) ?? "",
            Description = root.Text("description", most: MaxDescription) ?? "",
            Default = root.Flag("default"),
            VersionPolicy = VersionPolicyReader.Read(root),
            Instances = ReadInstances(root.Object("instances")),
            Files = FilesReader.Read(root.Object("files")),
            Card = ModelCardReader.Read(root.Object("card")),
        };
        if (task is null)
        {
            root.Skip(["graphs", InputsKey, OutputsKey, "tokenizer", "limits", "batching", .. _tasks.Values.SelectMany(known => known.Keys)]);
            root.RefuseUnknownKeys();
            return null;
        }

        RefuseKeysOfOtherTasks(root, task);
        if (common.Instances.Isolation == GraphIsolation.Process && !task.CanBeIsolated)
            root.Fault("instances.isolation", "process", $"models of task \"{task.Name}\" run in the server's own process; remove it");
        var manifest = new ModelManifest
        {
            Name = folder,
            Task = task.Name,
            Architecture = common.Architecture,
            Description = common.Description,
            Default = common.Default,
            VersionPolicy = common.VersionPolicy,
            Graphs = ReadGraphs(root, task),
            InputNames = TensorNamesReader.Read(root, InputsKey, GraphSide.Input, task),
            OutputNames = TensorNamesReader.Read(root, OutputsKey, GraphSide.Output, task),
            Tokenizer = _tokenizers.Read(root, task),
            Limits = ReadLimits(root, task),
            Section = task.ReadSection(root),
            Batching = ReadBatching(root.Object("batching"), task),
            Instances = common.Instances,
            Files = common.Files,
            Card = common.Card,
        };
        CheckRoomForOneText(root, "batching.max_batch_tokens", manifest.Batching.MaxBatchTokens, manifest.Limits);
        CheckRoomForOneText(root, "batching.queue_capacity_tokens", manifest.Batching.QueueCapacityTokens, manifest.Limits);
        root.RefuseUnknownKeys();
        return manifest;
    }

    private static void CheckRoomForOneText(ManifestObject root, string key, int tokens, LimitsManifest limits)
    {
        if (tokens < limits.MaxInputTokens)
            root.Fault(key, $"{tokens}", $"is less than limits.max_input_tokens ({limits.MaxInputTokens}); raise it to at least that or lower the limit");
    }

    private void RefuseKeysOfOtherTasks(ManifestObject root, ITaskSchema task)
    {
        var owned = _tasks.Values.SelectMany(other => other.Keys.Select(key => (Key: key, other.Name)));
        foreach (var owners in owned.ToLookup(pair => pair.Key, pair => pair.Name))
        {
            if (!task.Keys.Contains(owners.Key) && root.Value(owners.Key) is { } value)
                root.Wrong(owners.Key, value, $"belongs to task {string.Join(" or ", owners.Select(owner => $"\"{owner}\""))} only; remove it");
        }
    }

    private static Dictionary<string, string> ReadGraphs(ManifestObject root, ITaskSchema task)
    {
        var graphs = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.Object("graphs") is not { } json)
        {
            var required = task.Contract.Roles.Where(role => !role.IsOptional).ToList();
            if (required.Count == 1)
                graphs[required[0].Name] = $"{required[0].Name}.onnx";
            else
                root.Fault("graphs", null, $"is missing; add {{{string.Join(", ", required.Select(role => $"\"{role.Name}\": \"{role.Name}.onnx\""))}}}");
            return graphs;
        }

        foreach (var role in task.Contract.Roles)
        {
            if (json.FileName(role.Name, required: !role.IsOptional) is { } file)
                graphs[role.Name] = file;
        }

        json.RefuseUnknownKeys();
        return graphs;
    }

    private static LimitsManifest ReadLimits(ManifestObject root, ITaskSchema task)
    {
        if (root.Object("limits", task.ReadsText) is not { } json)
            return new LimitsManifest(1, null);
        var limits = new LimitsManifest(
            (int?)json.Number("max_input_tokens", 1, MaxTokens, task.ReadsText) ?? 1,
            (int?)json.Number("max_output_tokens", 1, MaxTokens, task.WritesText));
        if (task.WritesText && json.Number("max_context_tokens", 1, MaxTokens) is { } context)
        {
            if (context <= limits.MaxInputTokens)
            {
                json.Fault(
                    "max_context_tokens", $"{context}",
                    $"leaves no room for an answer behind max_input_tokens ({limits.MaxInputTokens}); lower that limit");
            }

            limits = limits with { MaxContextTokens = (int)Math.Min(context, limits.MaxContextTokens) };
        }

        json.RefuseUnknownKeys();
        return limits;
    }

    private static BatchLimits ReadBatching(ManifestObject? json, ITaskSchema task)
    {
        // A generated text takes as long as many labels, and its caller expects that.
        var limits = task.WritesText ? new BatchLimits { MaxQueueWait = BatchLimits.GeneratingQueueWait } : new BatchLimits();
        if (json is null)
            return limits;
        limits = limits with
        {
            MaxBatchSize = (int?)json.Number("max_batch_size", 1, 4096) ?? limits.MaxBatchSize,
            MaxBatchTokens = (int?)json.Number("max_batch_tokens", 1, 1 << 22) ?? limits.MaxBatchTokens,
            MaxQueueDelay = TimeSpan.FromMilliseconds(json.Number("max_queue_delay_ms", 0, 60_000) ?? 0),
            QueueCapacity = (int?)json.Number("queue_capacity", 1, 1 << 20) ?? limits.QueueCapacity,
            QueueCapacityTokens = (int?)json.Number("queue_capacity_tokens", 1, 1 << 26) ?? limits.QueueCapacityTokens,
            MaxQueueWait = json.Number("max_queue_wait_ms", 1, 3_600_000) is { } wait ? TimeSpan.FromMilliseconds(wait) : limits.MaxQueueWait,
            PreferredBatchSize = (int?)json.Number("preferred_batch_size", 1, 4096),
            PreferredBatchTokens = (int?)json.Number("preferred_batch_tokens", 1, 1 << 22),
            PreferredPadding = json.Number("max_padding_percent", 0, 90) / 100.0,
        };
        json.RefuseUnknownKeys();
        return limits with { MaxPadding = limits.PreferredPadding ?? limits.MaxPadding };
    }

    private InstanceOptions ReadInstances(ManifestObject? json)
    {
        if (json is null)
            return new InstanceOptions();
        var options = new InstanceOptions
        {
            Device = json.Choice("device", _devices, DeviceNames.Auto),
            Sessions = json.NumberOrAuto("sessions", 1, 64),
            IntraOpThreads = json.NumberOrAuto("intra_op_threads", 1, 256),
            LatencyThreads = json.NumberOrAuto("latency_threads", 1, 256),
            Isolation = json.Choice("isolation", s_isolations, null),
        };
        json.RefuseUnknownKeys();
        return options;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex NamePattern();
}
