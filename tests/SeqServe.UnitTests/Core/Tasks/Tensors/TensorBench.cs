using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.LanguageModeling.Completions;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>The use case over one model <c>a</c> of task tensor whose graph is a fake, one compute thread and a clock that does not advance.</summary>
internal sealed class TensorBench : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public TensorBench(FakeTensorBackend? backend = null, Action<JsonObject>? manifest = null, StateBudget? states = null)
    {
        Backend = backend ?? new FakeTensorBackend();
        var json = new JsonObject { ["name"] = "a", ["task"] = "tensor" };
        manifest?.Invoke(json);
        _repository.Write("a/model.json", json.ToJsonString());
        _repository.Write("a/1/model.onnx", "");
        Registry = new RegistryBench(_repository, states: states);
        Registry.Backends.MakeTensor = _ => Backend;
        Registry.Load();
        Backend.Forget();
        Inference = Over(Registry);
    }

    public RegistryBench Registry { get; }

    public FakeTensorBackend Backend { get; }

    public TensorInference Inference { get; }

    public ServedRequest Observed { get; } = new();

    public static TensorInference Over(RegistryBench registry)
    {
        var models = registry.Registry;
        ITextTensorTask[] texts =
        [
            new ClassificationText(new SequenceClassifier(models, registry.Time)),
            new TranslationText(new Translator(new TranslationModels(models), registry.Time)),
            new CompletionText(new TextCompleter(models, registry.Time)),
        ];
        return new TensorInference(models, texts, registry.Time);
    }

    /// <summary>Floats as a tensor.</summary>
    public static Tensor Floats(string name, long[] shape, params float[] values) =>
        new(name, TensorDatatype.Fp32, shape, MemoryMarshal.AsBytes<float>(values).ToArray());

    /// <summary>Whole numbers as a tensor.</summary>
    public static Tensor Longs(string name, long[] shape, params long[] values) =>
        new(name, TensorDatatype.Int64, shape, MemoryMarshal.AsBytes<long>(values).ToArray());

    /// <summary>The values of a tensor of floats.</summary>
    public static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray();

    public Task<TensorResponse> Infer(params Tensor[] inputs) => Infer(new TensorRequest("a", inputs));

    public Task<TensorResponse> Infer(TensorRequest request, CancellationToken cancellation = default) => Inference.InferAsync(request, Observed, cancellation);

    public void Dispose()
    {
        Backend.Open();
        Registry.Dispose();
        _repository.Dispose();
    }
}
