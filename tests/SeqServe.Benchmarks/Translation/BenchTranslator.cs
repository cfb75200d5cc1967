using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Backends;
using SeqServe.Core.Compute;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tokenization;
using SeqServe.Onnx;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks.Translation;

/// <summary>A translation model, opened without the server.</summary>
internal sealed class BenchTranslator : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly TestMeterFactory _meters = new();

    private BenchTranslator(ServiceProvider services, RepositoryModel model, ITranslatorBackend backend)
    {
        _services = services;
        Manifest = model.Manifest!;
        Backend = backend;
        var tokenizer = Manifest.Tokenizer!;
        Tokenizer = SentencePieceBpeTokenizer.Open(
            File.ReadAllBytes(model.Resolve(model.Versions[^1], tokenizer.File)), tokenizer.File, tokenizer.Normalization, tokenizer.Special);
    }

    public ModelManifest Manifest { get; }

    public ITranslatorBackend Backend { get; }

    public SentencePieceBpeTokenizer Tokenizer { get; }

    public int BeginId => Manifest.Tokenizer!.BeginId!.Value;

    public int EndId => Manifest.Tokenizer!.EndId!.Value;

    public static BenchTranslator Open(Arguments arguments, string name, int threads)
    {
        var model = ShippedTasks.Open(arguments.Text("--models", RepositoryRoot.Models)).Scan().Single(m => m.Name == name);
        var manifest = model.Manifest ?? throw new InvalidDataException(model.Fault);
        var services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(new OnnxOptions { Threads = threads }).BuildServiceProvider();
        string Graph(string graph) => model.Resolve(model.Versions[^1], manifest.Graphs[graph]);
        var contract = TranslatorContract.Default;
        var files = contract.Roles.ToDictionary(role => role.Name, role => Graph(role.Name));
        var graphs = new GraphSet(contract, files) { Wiring = manifest.Wiring, Instances = manifest.Instances };
        return new BenchTranslator(services, model, services.GetRequiredService<IBackendFactory>().Open<ITranslatorBackend>(graphs));
    }

    public int[] Encode(string text) => Tokenizer.Encode(text, Manifest.Limits.MaxInputTokens).Ids;

    public int MaxTokens(int[] source) => Math.Min(Manifest.Limits.MaxOutputTokens!.Value, (2 * source.Length) + 10);

    /// <summary>One decoding loop on one thread over these rows, as the server makes it.</summary>
    public ContinuousBatcher NewBatcher(ITranslatorRows rows, RunScheduler scheduler, int slots)
    {
        var limits = Manifest.Batching with { MaxBatchSize = slots };
        var metrics = new ServingMetrics(_meters).ForModel(Manifest.Name, 1, "translation");
        var prefill = new EncoderPrefill(rows, BeginId, Manifest.Tokenizer!.PadId);
        return new ContinuousBatcher(limits, [prefill], CacheUse.None, 1, new ModelRuns(scheduler), metrics, TimeProvider.System, NullLogger.Instance);
    }

    public void Dispose()
    {
        Backend.Dispose();
        _services.Dispose();
        _meters.Dispose();
    }
}
