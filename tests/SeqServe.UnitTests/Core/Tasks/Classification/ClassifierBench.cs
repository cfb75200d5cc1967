using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;

namespace SeqServe.UnitTests.Core.Tasks.Classification;

/// <summary>The use case over one fake model <c>a</c> with the shipped tokenizer, one compute thread and a clock that does not advance.</summary>
internal sealed class ClassifierBench : IDisposable
{
    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _registry;

    public ClassifierBench(int classes = 2, int queueCapacity = 1024)
    {
        _repository.AddFake("a", json =>
        {
            json["default"] = true;
            json["batching"] = new System.Text.Json.Nodes.JsonObject { ["queue_capacity"] = queueCapacity };
        });
        _repository.Write("a/labels.txt", string.Join('\n', Enumerable.Range(0, classes).Select(i => $"label{i}")));
        _registry = new RegistryBench(_repository);
        _registry.Backends.Make = _ => new FakeEncoderBackend(classes);
        _registry.Load();
        Backend.Forget();
        Classifier = new SequenceClassifier(_registry.Registry, Time);
    }

    public SequenceClassifier Classifier { get; }

    public RegistryBench Registry => _registry;

    public FakeTimeProvider Time => _registry.Time;

    public FakeEncoderBackend Backend => _registry.Backends.Of("a");

    public ServedRequest Observed { get; } = new();

    public Task<EncoderResponse<ClassifiedText>> Classify(params string[] texts) => Classify(new ClassificationRequest(texts));

    public Task<EncoderResponse<ClassifiedText>> Classify(ClassificationRequest request, CancellationToken cancellation = default) =>
        Patience.Wait(Classifier.ClassifyAsync(request, Observed, cancellation));

    /// <summary>The ids that a text becomes.</summary>
    public int[] Ids(string text)
    {
        using var lease = _registry.Acquire("a");
        return lease.Model.Tokenizer.Encode(text, 256).Ids;
    }

    /// <summary>Every row that was run.</summary>
    public IEnumerable<int[]> Runs => Backend.Batches.SelectMany(b => b).Select(row => Array.ConvertAll(row, id => (int)id));

    public void Dispose()
    {
        Backend.Open();
        _registry.Dispose();
        _repository.Dispose();
    }
}
