using System.Text.Json;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks;

/// <summary>What loaded models run on.</summary>
/// <param name="Backends">Opens graphs.</param>
/// <param name="Tokenizers">Opens tokenizers.</param>
/// <param name="Scheduler">The compute threads.</param>
/// <param name="Plans">Whether models are measured after loading.</param>
/// <param name="Metrics">Where they are counted.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where they log.</param>
public sealed record TaskServices(
    IBackendFactory Backends,
    TokenizerFactory Tokenizers,
    RunScheduler Scheduler,
    PlanOptions Plans,
    ServingMetrics Metrics,
    TimeProvider Time,
    ILoggerFactory Loggers)
{
    /// <summary>Most time of each step of a load that runs the graph: a probe, a warm-up, a golden case.</summary>
    public TimeSpan ProbeTimeout { get; init; } = ModelRuns.DefaultMaxStep;

    /// <summary>What a request of tensors may cost.</summary>
    public TensorLimits Tensors { get; init; } = new();

    /// <summary>What the sequences of all models keep together.</summary>
    public StateBudget States { get; init; } = new(StateBudget.LimitOf(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));

    /// <summary>What the rows of all generating models take together while they are decoded.</summary>
    public CacheBudget Caches { get; init; } = new(CacheBudget.LimitOf(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
}

/// <summary>A version on its way to be served, and what has been opened for it so far.</summary>
/// <param name="found">The model's folder.</param>
/// <param name="version">The version.</param>
/// <param name="task">Its task.</param>
/// <param name="services">What it will run on.</param>
/// <param name="opened">Receives what is opened; disposed by the caller where the load fails, else owned by the <see cref="ServedModel"/>.</param>
public sealed class ModelLoad(RepositoryModel found, int version, ITaskSchema task, TaskServices services, DisposalStack opened)
{
    /// <summary>The version.</summary>
    public int Version => version;

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest => found.Manifest!;

    /// <summary>What it will run on.</summary>
    public TaskServices Services => services;

    /// <summary>The version's runs, from its first probe on.</summary>
    public ModelRuns Runs { get; } = new(services.Scheduler, services.ProbeTimeout);

    /// <summary>What has been opened.</summary>
    public DisposalStack Opened => opened;

    /// <summary>The version's metrics, disposed with it.</summary>
    public ModelMetrics Metrics { get; } = opened.Add(services.Metrics.ForModel(found.Name, version, found.Manifest!.Task));

    /// <summary>A logger.</summary>
    public ILogger<T> Logger<T>() => services.Loggers.CreateLogger<T>();

    /// <summary>The manifest's section, of the task that is loading.</summary>
    public TSection Section<TSection>()
        where TSection : TaskSection => (TSection)Manifest.Section;

    /// <summary>The absolute path of a file that the manifest names.</summary>
    /// <param name="key">The manifest's key, for the message.</param>
    /// <param name="file">The file, relative to the version's or the model's folder.</param>
    /// <exception cref="ModelLoadException">It is missing, no regular file, or outside of the repository.</exception>
    public string File(string key, string file) => ModelFiles.Find(found, version, key, file);

    /// <summary>The content of a file that the manifest names, which may have 64 MiB.</summary>
    /// <param name="key">The manifest's key, for the message.</param>
    /// <param name="file">The file, relative to the version's or the model's folder.</param>
    /// <exception cref="ModelLoadException">As <see cref="File"/>, or it is too large.</exception>
    public byte[] Read(string key, string file) => ModelFiles.Read(found, version, key, file);

    /// <summary>The absolute path of a graph.</summary>
    /// <param name="role">Its key under <c>graphs</c>.</param>
    /// <exception cref="ModelLoadException">As <see cref="File"/>.</exception>
    public string GraphFile(string role) => File($"graphs.{role}", Manifest.Graphs[role]);

    /// <summary>The graphs with the names that the manifest gives their tensors.</summary>
    /// <exception cref="ModelLoadException">A file is missing, or a name is given to no part.</exception>
    public GraphSet Graphs()
    {
        try
        {
            var contract = task.Contract.Named(Manifest.InputNames, Manifest.OutputNames);
            var files = Manifest.Graphs.Keys.ToDictionary(role => role, GraphFile);
            return new GraphSet(contract, files)
            {
                Wiring = Manifest.Wiring is { } wiring ? wiring with { MaxTokens = Manifest.Limits.MaxContextTokens } : null,
                Instances = Manifest.Instances,
                Owner = $"{Manifest.Name} version {version}",
                Restarted = Metrics.ProcessRestarted,
            };
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    /// <summary>Opens graphs.</summary>
    /// <typeparam name="TBackend">How they are to be used.</typeparam>
    /// <exception cref="ModelLoadException">They cannot be opened, or are not graphs of the task.</exception>
    public TBackend Open<TBackend>(GraphSet graphs)
        where TBackend : class, IDisposable
    {
        try
        {
            return opened.Add(services.Backends.Open<TBackend>(graphs));
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    /// <summary>Opens the tokenizer that the manifest names.</summary>
    /// <exception cref="ModelLoadException">The file is missing, broken or does not fit the manifest.</exception>
    public ITextTokenizer OpenTokenizer()
    {
        var manifest = Manifest.Tokenizer!;
        var files = new TokenizerFiles(found, version);
        try
        {
            var tokenizer = services.Tokenizers.Open(files, manifest);
            Check(tokenizer);
            return tokenizer;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            var content = files.Find(manifest.File);
            var fault = (content is null ? null : FileHead.Fault(content)) ?? $"cannot be used as a tokenizer. {e.Message.TrimEnd('.')}{Remedy(content, e)}";
            throw new ModelLoadException($"{(content is null ? "The folder" : manifest.File)} {fault}.", e);
        }
    }

    private static string Remedy(byte[]? content, Exception fault) => fault switch
    {
        _ when content is null =>
            ". Put the tokenizer's files beside the graph; in Python AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER) writes them",
        { InnerException: JsonException } => "; copy it again",
        { Message: var message } when message.Contains("not supported", StringComparison.Ordinal) =>
            ". The graph can be served for clients that bring token ids: remove the tokenizer and write a model.json of task \"tensor\"",
        _ => "",
    };

    private void Check(ITextTokenizer tokenizer)
    {
        var manifest = Manifest.Tokenizer!;
        var ends = manifest.EndIds.Select(static id => ("eos_id", (int?)id));
        (string Key, int? Id)[] named = [("pad_id", manifest.PadId), ("bos_id", manifest.BeginId), .. ends];
        foreach (var (key, id) in named)
        {
            if (id >= tokenizer.VocabularySize)
                throw new ModelLoadException($"tokenizer.{key} = {id} is outside of the vocabulary of {tokenizer.VocabularySize} pieces.");
        }

        if (Manifest.Limits.MaxInputTokens <= manifest.Special.Count)
            throw new ModelLoadException($"limits.max_input_tokens = {Manifest.Limits.MaxInputTokens} leaves no room for text beside the begin and end ids.");
    }
}

/// <summary>The files of a version, for its tokenizer.</summary>
/// <param name="found">The model's folder.</param>
/// <param name="version">The version.</param>
internal sealed class TokenizerFiles(RepositoryModel found, int version) : ITokenizerFiles
{
    private const string Key = "tokenizer.file";

    /// <inheritdoc/>
    public byte[] Read(string file) => ModelFiles.Read(found, version, Key, file);

    /// <inheritdoc/>
    public byte[]? Find(string file)
    {
        var path = found.Resolve(version, file);
        return System.IO.File.Exists(path) || Directory.Exists(path) ? Read(file) : null;
    }
}
