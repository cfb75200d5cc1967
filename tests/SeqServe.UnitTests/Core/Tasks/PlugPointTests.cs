using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tensors;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks;

/// <summary>A task, a tokenizer and a model format of one's own, each added by one registration.</summary>
public sealed class PlugPointTests : IDisposable
{
    private const string Manifest = """
        {
          "name": "a", "task": "reversal", "suffix": "!",
          "graphs": { "reverser": "r.onnx" }, "inputs": { "units": "my_units" },
          "tokenizer": { "type": "utf-16", "file": "units.txt", "normalization": "none" },
          "limits": { "max_input_tokens": 8 }
        }
        """;

    private readonly TemporaryRepository _repository = new();
    private readonly FakeBackendFactory _backends = new FakeBackendFactory().Register<IReverser>(graphs => new Reverser(graphs));

    public PlugPointTests()
    {
        _repository.Write("a/model.json", Manifest);
        _repository.Write("a/units.txt", "");
        _repository.Write("a/1/r.onnx", "");
    }

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Load_ModelOfATaskAndTokenizerOfOnesOwn_IsServedByTheRegistry()
    {
        _repository.Write("a/1/golden.json", """{ "cases": [{ "text": "abc", "reversed": "cba!", "length": 3 }] }""");
        using var services = Services();
        var registry = Loaded(services);

        using (var lease = registry.Acquire<ServedReversal>(ReversalTask.TaskName, "a", null))
        {
            Assert.Equal("zyx!", lease.Model.Reverse("xyz"));
            Assert.Equal("my_units", lease.Model.Input);
        }

        Assert.Equal("reversal", Assert.Single(registry.List()).Manifest!.Task);
    }

    [Fact]
    public void Load_GoldenCaseThatIsAnsweredDifferently_IsUnavailable()
    {
        _repository.Write("a/1/golden.json", """{ "cases": [{ "text": "abc", "reversed": "abc" }] }""");
        using var services = Services();

        var status = Assert.Single(Assert.Single(Loaded(services).List()).Versions).Status;

        Assert.Equal(ModelState.Unavailable, status.State);
        Assert.Contains("expected \"abc\", the version answers \"cba!\"", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_KeyOfTheTaskUnderAnotherTask_NamesItsOwner()
    {
        _repository.AddFake("b", json => json["suffix"] = "?");
        using var services = Services();

        var fault = services.GetRequiredService<FileModelRepository>().Find("b")!.Fault;

        Assert.Contains("suffix = \"?\": belongs to task \"reversal\" only; remove it", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_FolderOfAFormatOfOnesOwn_IsAModel()
    {
        _repository.Write("c/3/other.bin", "");
        using var services = Services(more => more.AddModelFormat<OtherFormat>());

        var models = services.GetRequiredService<FileModelRepository>().Scan();

        Assert.Equal([("a", "reversal"), ("c", "tensor")], models.Select(model => (model.Name, model.Manifest!.Task)));
    }

    private static ModelRegistry Loaded(ServiceProvider services)
    {
        var registry = services.GetRequiredService<ModelRegistry>();
        registry.LoadAll(1, CancellationToken.None);
        return registry;
    }

    private ServiceProvider Services(Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IBackendFactory>(_backends)
            .AddSingleton(new PlanOptions { Measure = false })
            .AddSingleton(new ModelRegistryOptions())
            .AddSingleton(_ => new RunScheduler(1))
            .AddSingleton(provider => new FileModelRepository(_repository.Root, provider.GetServices<IModelFormat>()))
            .AddSeqServeCore()
            .AddModelTask<ReversalTask>()
            .AddTokenizer<UnitsKind>();
        add?.Invoke(services);
        return services.BuildServiceProvider();
    }

    private interface IReverser : IDisposable
    {
        string Input { get; }

        int[] Reverse(int[] units);
    }

    private sealed class Reverser(GraphSet graphs) : IReverser
    {
        public string Input => graphs.Contract.Role("reverser").Input("units").Name;

        public int[] Reverse(int[] units) => [.. units.Reverse()];

        public void Dispose()
        {
        }
    }

    private sealed class ReversalTask : ModelTask
    {
        public const string TaskName = "reversal";

        public override string Name => TaskName;

        public override GraphContract Contract { get; } = new([new GraphRole("reverser") { Inputs = [new GraphPart("units", TensorDatatype.Int64, "[B,T]")] }]);

        public override IReadOnlyList<string> Keys => ["suffix"];

        public override GoldenAnswers Golden { get; } = new("reversed", "length", static (model, text) => (((ServedReversal)model).Reverse(text), text.Length));

        public override TaskSection ReadSection(ManifestObject root) => new ReversalSection(root.Text("suffix", required: true) ?? "");

        public override ServedModel Load(ModelLoad load) => new ServedReversal(load, load.OpenTokenizer(), load.Open<IReverser>(load.Graphs()));
    }

    private sealed record ReversalSection(string Suffix) : TaskSection;

    private sealed class ServedReversal(ModelLoad load, ITextTokenizer tokenizer, IReverser reverser) : ServedModel(load, "cpu")
    {
        public string Input => reverser.Input;

        public string Reverse(string text) => tokenizer.Decode(reverser.Reverse(tokenizer.Encode(text, 8).Ids)) + ((ReversalSection)Manifest.Section).Suffix;
    }

    private sealed class UnitsKind : ITokenizerKind
    {
        public string Type => "utf-16";

        public ITextTokenizer Open(ITokenizerFiles files, TokenizerManifest manifest) => new Units();
    }

    private sealed class Units : ITextTokenizer
    {
        public int VocabularySize => char.MaxValue + 1;

        public TokenizedText Encode(string text, int maxTokens) => new([.. text.Take(maxTokens).Select(unit => (int)unit)], text.Length > maxTokens);

        public string Decode(ReadOnlySpan<int> ids) => string.Concat(ids.ToArray().Select(id => (char)id));

        public IDetokenizer NewDetokenizer(bool continuesText = false) => throw new InvalidOperationException("The test decodes whole texts only.");

        public string TokenText(int id) => $"{(char)id}";
    }

    private sealed class OtherFormat(ManifestReader reader) : IModelFormat
    {
        public RepositoryModel? Read(ModelFolder folder) => File.Exists(Path.Combine(folder.Path, "3", "other.bin"))
            ? new RepositoryModel(folder.Name, folder.Path, folder.Versions, reader.Default(folder.Name, "tensor"), null)
            : null;
    }
}
