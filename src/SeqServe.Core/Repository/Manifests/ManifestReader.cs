using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Graphs;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>Reads a <c>model.json</c> and finds all of its faults at once. Comments and trailing commas are allowed.</summary>
public static partial class ManifestReader
{
    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly Dictionary<string, string> s_devices = DeviceNames.Known.ToDictionary(name => name, StringComparer.Ordinal);

    /// <summary>Reads a manifest.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="folder">The model's folder name, which the manifest's name must equal.</param>
    /// <exception cref="ManifestException">The manifest has faults.</exception>
    public static ModelManifest Read(ReadOnlyMemory<byte> json, string folder)
    {
        var file = $"{folder}/model.json";
        var errors = new List<ManifestError>();
        try
        {
            using var document = JsonDocument.Parse(WithoutByteOrderMark(json), s_lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ManifestException(file, [new ManifestError("", null, "the file must hold one JSON object")]);
            var manifest = Read(new ManifestObject(document.RootElement, "", errors), folder);
            return errors.Count == 0 ? manifest : throw new ManifestException(file, errors);
        }
        catch (JsonException e)
        {
            throw new ManifestException(file, [new ManifestError("", null, $"no valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}")]);
        }
        catch (InvalidOperationException)
        {
            // How the reader refuses a text only once it is asked for.
            throw new ManifestException(file, [new ManifestError("", null, "a text in it is no valid Unicode; save the file as UTF-8 and write no lone surrogates")]);
        }
    }

    /// <summary>The manifest of a folder that holds a graph and none: task tensor, everything else as by default.</summary>
    /// <param name="folder">The model's folder name.</param>
    /// <exception cref="ManifestException">The folder's name cannot be a model's.</exception>
    public static ModelManifest Bare(string folder) => Read(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["name"] = folder, ["task"] = ModelTask.Tensor }), folder);

    // Some editors put one in front; the reader takes it for a fault of the first byte.
    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;

    private static ModelManifest Read(ManifestObject root, string folder)
    {
        var name = root.Text("name", required: true);
        if (name is not null && name != folder)
            root.Fault("name", name, $"must equal the folder's name, \"{folder}\"");
        if (!NamePattern().IsMatch(folder))
            root.Fault("name", folder, "must begin with a letter or digit and hold only letters, digits, '-', '_' and '.', at most 64");

        // Without a known task, keys that depend on it are not judged: a remedy for the wrong task would mislead.
        var faultsBefore = root.Errors;
        var task = root.Choice("task", ModelTask.Names.ToDictionary(name => name), ModelTask.Tensor, required: true);
        var hasTask = root.Errors == faultsBefore;
        var manifest = new ModelManifest
        {
            Name = folder,
            Task = task,
            Architecture = root.Text("architecture") ?? "",
            Description = root.Text("description") ?? "",
            Default = root.Flag("default"),
            VersionPolicy = VersionPolicyReader.Read(root),
            Graphs = TaskKeysReader.ReadGraphs(root, task),
            Tokenizer = TokenizerManifestReader.Read(root, task),
            LabelsFile = hasTask ? TaskKeysReader.ReadLabels(root, task) : root.Text("labels"),
            Limits = TaskKeysReader.ReadLimits(root, task),
            Languages = hasTask ? LanguagePairReader.Read(root, task) : root.Skip<LanguagePair>("languages"),
            Wiring = hasTask ? WiringReader.Read(root, task) : root.Skip<DecoderWiring>("state", "cache", "memory", "attention"),
            InputNames = TensorNamesReader.Read(root, "inputs", GraphSide.Input, hasTask ? task : null),
            OutputNames = TensorNamesReader.Read(root, "outputs", GraphSide.Output, hasTask ? task : null),
            Sequences = hasTask ? SequenceLimitsReader.Read(root, task) : root.Skip<SequenceLimits>("sequences") ?? new SequenceLimits(),
            Batching = ReadBatching(root.Object("batching"), task),
            Instances = ReadInstances(root.Object("instances")),
            Files = FilesReader.Read(root.Object("files")),
            Card = ModelCardReader.Read(root.Object("card")),
        };
        if (manifest.Batching.MaxBatchTokens < manifest.Limits.MaxInputTokens)
            root.Fault("batching.max_batch_tokens", $"{manifest.Batching.MaxBatchTokens}", $"is less than limits.max_input_tokens ({manifest.Limits.MaxInputTokens}); raise it to at least that or lower the limit");
        if (manifest.Batching.QueueCapacityTokens < manifest.Limits.MaxInputTokens)
            root.Fault("batching.queue_capacity_tokens", $"{manifest.Batching.QueueCapacityTokens}", $"is less than limits.max_input_tokens ({manifest.Limits.MaxInputTokens}); raise it to at least that or lower the limit");
        root.RefuseUnknownKeys();
        return manifest;
    }

    private static BatchLimits ReadBatching(ManifestObject? json, string task)
    {
        // A generated text takes as long as many labels, and its caller expects that.
        var limits = task is ModelTask.Translation or ModelTask.LanguageModel ? new BatchLimits { MaxQueueWait = BatchLimits.GeneratingQueueWait } : new BatchLimits();
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

    private static InstanceOptions ReadInstances(ManifestObject? json)
    {
        if (json is null)
            return new InstanceOptions();
        var options = new InstanceOptions
        {
            Device = json.Choice("device", s_devices, DeviceNames.Auto),
            Sessions = json.NumberOrAuto("sessions", 1, 64),
            IntraOpThreads = json.NumberOrAuto("intra_op_threads", 1, 256),
            LatencyThreads = json.NumberOrAuto("latency_threads", 1, 256),
        };
        json.RefuseUnknownKeys();
        return options;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex NamePattern();
}
