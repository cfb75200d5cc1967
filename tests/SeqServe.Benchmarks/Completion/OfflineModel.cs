using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Core.Tokenization;
using SeqServe.Onnx;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks.Completion;

/// <summary>A language model without a server: its graph, one thread, its tokenizer.</summary>
internal sealed class OfflineModel : IDisposable
{
    private readonly ServiceProvider _services;

    public OfflineModel(Arguments arguments)
    {
        Name = arguments.Text("--model");
        var model = ShippedTasks.Open(arguments.Text("--models", RepositoryRoot.Models)).Scan().Single(m => m.Name == Name);
        var manifest = model.Manifest ?? throw new InvalidDataException(model.Fault);
        var version = model.Versions[^1];
        var tokenizer = manifest.Tokenizer!;
        EndId = tokenizer.EndId!.Value;
        Tokenizer = SentencePieceBpeTokenizer.Open(
            File.ReadAllBytes(model.Resolve(version, tokenizer.File)), tokenizer.File, tokenizer.Normalization, tokenizer.Special);
        _services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(new OnnxOptions { Threads = 1 }).BuildServiceProvider();
        Backend = _services.GetRequiredService<IBackendFactory>()
            .Open<ILanguageModelBackend>(
                new GraphSet(LanguageModelContract.Default, model.Resolve(version, manifest.Graphs["model"])) { Wiring = manifest.Wiring });
    }

    public string Name { get; }

    public int EndId { get; }

    public ITextTokenizer Tokenizer { get; }

    public ILanguageModelBackend Backend { get; }

    /// <summary>Begins a row for each prompt and reads them in one run.</summary>
    public ILanguageModelRows Read(IReadOnlyList<int[]> prompts)
    {
        var rows = Backend.NewRows();
        using var batch = new PaddedBatch(prompts.Count, prompts.Max(p => p.Length), padId: 0);
        for (var i = 0; i < prompts.Count; i++)
        {
            rows.Begin(default);
            batch.SetRow(i, prompts[i]);
        }

        rows.Read(batch);
        return rows;
    }

    public void Dispose()
    {
        Backend.Dispose();
        _services.Dispose();
    }
}
