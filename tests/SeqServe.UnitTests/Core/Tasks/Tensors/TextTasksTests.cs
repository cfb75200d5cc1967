using System.Text;
using System.Text.Json.Nodes;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Core.Tokenization;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>Text models <c>a</c> over fakes, one slot each, asked by tensors of text.</summary>
public sealed class TextTasksTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();
    private readonly List<string> _order = [];
    private FakeEncoderBackend? _classifier;
    private FakeDecoder? _decoder;
    private RegistryBench? _bench;

    public void Dispose()
    {
        _classifier?.Open();
        _decoder?.Open();
        _bench?.Dispose();
        _repository.Dispose();
    }

    [Fact]
    public async Task Priority_OfATensorRequest_ReachesItsQueue()
    {
        using var bench = new TensorBench(manifest: OneSlot);
        bench.Backend.Close();
        var running = bench.Infer(Floats("x", [1, 2], 0, 0));
        bench.Backend.AwaitStart();

        Task[] waiting = [Ask("low", RowPriority.Low), Ask("normal", RowPriority.Normal), Ask("high", RowPriority.High)];
        bench.Backend.Open();
        await Patience.Wait(Task.WhenAll([running, .. waiting]));

        // A row of each shape, so that runs distinguish them.
        Assert.Equal([[1, 2], [4, 2], [3, 2], [2, 2]], bench.Backend.Runs);

        Task Ask(string name, RowPriority priority)
        {
            var rows = name switch { "low" => 2, "normal" => 3, _ => 4 };
            return bench.Infer(new TensorRequest("a", [Floats("x", [rows, 2], new float[2 * rows])]) { Priority = priority });
        }
    }

    [Fact]
    public async Task Priority_OfAClassification_ReachesItsQueue()
    {
        _repository.AddFake("a", OneSlot);
        var inference = Load();
        _classifier = _bench!.Backends.Of("a");
        _classifier.Forget();
        _classifier.Close();
        var running = Ask(inference, "The first one.", RowPriority.Normal);
        _classifier.AwaitStart();

        Task[] waiting = [.. AskAll(inference)];
        _classifier.Open();
        await Patience.Wait(Task.WhenAll([running, .. waiting]));

        Assert.Equal(
            [Ids("high"), Ids("normal"), Ids("low")],
            _classifier.Batches.Skip(1).Select(batch => string.Join(' ', Assert.Single(batch))));

        static string Ids(string text) => string.Join(' ', ShippedTokenizer.With().Encode(text, 1000).Ids);
    }

    [Theory]
    [InlineData(TranslationTask.TaskName)]
    [InlineData(LanguageModelingTask.TaskName)]
    public async Task Priority_OfAGeneratingModel_ReachesItsQueue(string task)
    {
        if (task == TranslationTask.TaskName)
            _repository.AddFakeTranslator("a", edit: OneSlot);
        else
            _repository.AddFakeLanguageModel("a", OneSlot);
        var vocabulary = ShippedTokenizer.With().VocabularySize;
        var inference = Load(_decoder = new FakeDecoder(vocabulary) { StateSize = 64 });
        _decoder.OnRun = read =>
        {
            // The first token of each run shows which request it belongs to.
            foreach (var name in new[] { "The first one.", "low", "normal", "high" })
            {
                if (read[0].Take(Begin(task, name).Length).SequenceEqual(Begin(task, name)) && !_order.Contains(name))
                    _order.Add(name);
            }
        };
        _decoder.Forget();
        _decoder.Close();
        var running = Ask(inference, "The first one.", RowPriority.Normal);
        _decoder.AwaitStart();

        Task[] waiting = [.. AskAll(inference)];
        _decoder.Open();
        await Patience.Wait(Task.WhenAll([running, .. waiting]));

        Assert.Equal(["The first one.", "high", "normal", "low"], _order);
    }

    [Fact]
    public async Task Infer_ByText_TakesOneLeaseAndEndsIt()
    {
        _repository.AddFake("a", OneSlot);
        var inference = Load();
        _classifier = _bench!.Backends.Of("a");
        _classifier.Forget();
        _classifier.Close();
        var observed = new ServedRequest();
        var answer = inference.InferAsync(Request("Good."), observed, CancellationToken.None);
        _classifier.AwaitStart();

        Assert.Equal(1, observed.Model!.InFlight);
        _classifier.Open();
        (await Patience.Wait(answer)).Dispose();
        Assert.Equal(0, observed.Model.InFlight);
    }

    [Fact]
    public async Task Infer_ModelReplacedWhileItAnswers_AnswersWithTheLabelsItBeganWith()
    {
        _repository.AddFake("a", OneSlot);
        var inference = Load();
        _classifier = _bench!.Backends.Of("a");
        _classifier.Forget();
        _classifier.Close();
        var answer = inference.InferAsync(Request("Good."), new ServedRequest(), CancellationToken.None);
        _classifier.AwaitStart();
        _bench.Backends.Make = _ => new FakeEncoderBackend(3);
        _repository.Write("a/labels.txt", "one\ntwo\nthree\n");

        await Patience.Wait(_bench.Lifecycle.LoadAsync("a"));
        _classifier.Open();

        using var response = await Patience.Wait(answer);
        Assert.Equal([1L, 2], response.Outputs.Single(o => o.Name == "probabilities").Shape);
        using var next = await Patience.Wait(inference.InferAsync(Request("Good."), new ServedRequest(), CancellationToken.None));
        Assert.Equal([1L, 3], next.Outputs.Single(o => o.Name == "probabilities").Shape);
    }

    [Fact]
    public async Task Infer_TaskThatIsRegistered_IsAskedWithoutFurtherChange()
    {
        using var bench = new TensorBench();
        var task = new EchoText();
        var inference = new TensorInference(bench.Registry.Registry, [task], bench.Registry.Time);

        using var response = await Patience.Wait(inference.InferAsync(Request("Good."), new ServedRequest(), CancellationToken.None));

        Assert.Equal("echo", Assert.Single(response.Outputs).Name);
        Assert.Equal("Good.", Encoding.UTF8.GetString(response.Outputs[0].Strings[0].Span));
    }

    [Fact]
    public async Task EnsureRoom_FullQueueOfTensors_LeavesTextIn()
    {
        using var bench = new TensorBench(manifest: json => json["batching"] = new JsonObject { ["queue_capacity"] = 1 });
        var inference = new TensorInference(bench.Registry.Registry, [new EchoText()], bench.Registry.Time);
        bench.Backend.Close();
        var running = bench.Infer(Floats("x", [1, 2], 0, 0));
        bench.Backend.AwaitStart();
        var waiting = bench.Infer(Floats("x", [1, 2], 0, 0));

        inference.EnsureRoom("a", null);
        inference.EnsureRoom("a", null, ["text"], TensorParameters.None);
        var refusal = Assert.Throws<ServingException>(() => inference.EnsureRoom("a", null, ["x"], TensorParameters.None));

        Assert.Equal(ServingErrorCode.Overloaded, refusal.Code);
        bench.Backend.Open();
        await Patience.Wait(Task.WhenAll(running, waiting));
    }

    private static void OneSlot(JsonObject manifest) => manifest["batching"] = new JsonObject { ["max_batch_size"] = 1 };

    private static int[] Begin(string task, string text) =>
        task == TranslationTask.TaskName ? ShippedTokenizer.With().Encode(text, 1000).Ids : ShippedTokenizer.With(begin: 2).Encode(text, 1000).Ids;

    private static TensorRequest Request(string text, RowPriority priority = RowPriority.Normal) =>
        new("a", [new Tensor("text", [1], [Encoding.UTF8.GetBytes(text)])])
        {
            Priority = priority,
            Parameters = new TensorParameters(new Dictionary<string, object> { ["max_tokens"] = 1L }),
        };

    private static IEnumerable<Task> AskAll(TensorInference inference) =>
        [Ask(inference, "low", RowPriority.Low), Ask(inference, "normal", RowPriority.Normal), Ask(inference, "high", RowPriority.High)];

    private static async Task Ask(TensorInference inference, string text, RowPriority priority) =>
        (await inference.InferAsync(Request(text, priority), new ServedRequest(), CancellationToken.None)).Dispose();

    private TensorInference Load(FakeDecoder? decoder = null)
    {
        _bench = new RegistryBench(_repository);
        if (decoder is not null)
            _bench.Backends.MakeDecoder = _ => decoder;
        _bench.Load();
        return Over(_bench);
    }

    /// <summary>Gives the texts back; answers models of task tensor, which no task of the product does.</summary>
    private sealed class EchoText : ITextTensorTask, IAdmission
    {
        string ITextTensorTask.Task => TensorTask.TaskName;

        public IReadOnlyList<string> Outputs { get; } = ["echo"];

        public IAdmission Queue(ServedModel model) => this;

        public QueueRefusal? Refusal(int rows, TimeSpan? left = null) => null;

        public Task<IReadOnlyList<Tensor>> AnswerAsync(
            ServedModel model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<Tensor>>([text.Strings("echo", text.Texts)]);
    }
}
