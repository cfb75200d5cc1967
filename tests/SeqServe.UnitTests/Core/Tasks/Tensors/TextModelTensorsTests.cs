using System.Text;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Onnx;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>Shipped text models, asked by tensors.</summary>
public sealed class TextModelTensorsTests : IClassFixture<TextModelTensorsTests.Models>
{
    private readonly Models _models;

    public TextModelTensorsTests(Models models) => _models = models;

    [Fact]
    public async Task Classifier_ByIds_GivesItsLogits()
    {
        using var response = await Infer("sentiment-lstm", Longs("ids", [2, 3], 5, 6, 7, 8, 9, 0), Longs("lengths", [2], 3, 2));

        var logits = Assert.Single(response.Outputs);
        Assert.Equal(("logits", TensorDatatype.Fp32), (logits.Name, logits.Datatype));
        Assert.Equal([2L, 2], logits.Shape);
    }

    public static TheoryData<string, Tensor[]> Unfit => new()
    {
        { "input \"ids\": element 1 is -1; ids of this model are 0–", [Longs("ids", [1, 2], 5, -1), Longs("lengths", [1], 2)] },
        { "input \"ids\": element 0 is 1000000; ids of this model are 0–", [Longs("ids", [1, 2], 1_000_000, 5), Longs("lengths", [1], 2)] },
        { "input \"lengths\": element 0 is 3; lengths of rows of 2 tokens are 1–2", [Longs("ids", [1, 2], 5, 5), Longs("lengths", [1], 3)] },
        { "input \"lengths\": element 1 is 0;", [Longs("ids", [2, 1], 5, 5), Longs("lengths", [2], 1, 0)] },
        { "input \"lengths\": has 1 rows on axis 0, \"ids\" has 2", [Longs("ids", [2, 1], 5, 5), Longs("lengths", [1], 1)] },
        { "input \"ids\": the shape [0,2] holds no element", [Longs("ids", [0, 2]), Longs("lengths", [0])] },
        { "input \"ids\": the shape [1,0] holds no element", [Longs("ids", [1, 0]), Longs("lengths", [1], 1)] },
        { "input \"ids\": has 257 tokens a row, the graph takes 1–256", [Longs("ids", [1, 257], new long[257]), Longs("lengths", [1], 1)] },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task Classifier_ValuesThatTheGraphCannotTake_AreRefused(string message, Tensor[] inputs)
    {
        var refusal = await Assert.ThrowsAsync<ServingException>(() => Infer("sentiment-lstm", inputs));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classifier_ByText_SaysTheNativeRoutesAnswer()
    {
        using var response = await Infer("sentiment-lstm", Text([2, 1], "Funny, warm and wise.", "A dull, lifeless mess."));

        Assert.Equal(["label", "score", "probabilities"], response.Outputs.Select(o => o.Name));
        Assert.Equal(["positive", "negative"], Strings(response.Outputs[0]));
        Assert.Equal([2L, 1], response.Outputs[1].Shape);
        Assert.Equal([2L, 1, 2], response.Outputs[2].Shape);
        var probabilities = Values(response.Outputs[2]);
        Assert.Equal([probabilities[1], probabilities[2]], Values(response.Outputs[1]));
        Assert.Equal(1, probabilities[0] + probabilities[1], 1e-5);
    }

    [Fact]
    public async Task Classifier_EmptyText_NamesIt()
    {
        var refusal = await Assert.ThrowsAsync<ServingException>(() => Infer("sentiment-lstm", Text([2], "Good.", " ")));

        Assert.StartsWith("text[1]: ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(ServingErrorCode.InputEmpty, refusal.Code);
    }

    [Fact]
    public async Task Text_ThatIsNone_IsRefused()
    {
        await RefusesAsync("texts are BYTES", Longs("text", [1], 1));
        await RefusesAsync("not valid UTF-8", new Tensor("text", [1], [new byte[] { 0xFF }]));
        await RefusesAsync("has no text", new Tensor("text", [0], []));
        await RefusesAsync("with \"text\"", Text([1], "Good."), Longs("ids", [1, 1], 1));

        async Task RefusesAsync(string part, params Tensor[] inputs)
        {
            var refusal = await Assert.ThrowsAsync<ServingException>(() => Infer("sentiment-lstm", inputs));
            Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Text_OfMoreThanACallerMaySend_IsRefused()
    {
        var request = new TensorRequest("sentiment-lstm", [Text([2, 1], "Good.", "Bad.")]);

        using (await Infer(request with { MaxTexts = 2 }))
        {
        }

        var refusal = await Assert.ThrowsAsync<ServingException>(() => Infer(request with { MaxTexts = 1 }));

        Assert.Equal(
            (ServingErrorCode.InvalidRequest, "input \"text\": holds 2 texts, at most 1 are taken; send several requests"), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task Translator_ByText_Translates()
    {
        using var response = await Infer("en-fr-attention", Text([1], "Thank you."));

        Assert.Equal(["translation", "score"], response.Outputs.Select(o => o.Name));
        Assert.Contains("erci", Strings(response.Outputs[0])[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Translator_ByIds_EncodesAndTakesAStepByName()
    {
        using var encoded = await Infer("en-fr-attention", Longs("src", [1, 3], 5, 6, 3), Longs("src_len", [1], 3));
        var hidden = encoded.Outputs.Single(o => o.Name == "h0");
        var state = new Tensor("h_in", hidden.Datatype, hidden.Shape, hidden.Data);
        var memory = encoded.Outputs.Where(o => o.Name is "memory" or "keys");

        using var step = await Infer("en-fr-attention", "decoder", [Longs("tokens", [1], 2), Longs("src_len", [1], 3), state, .. memory]);

        Assert.Equal(["attention", "h_out", "logits"], step.Outputs.Select(o => o.Name).Order(StringComparer.Ordinal));
        Assert.Equal([1L, 3], step.Outputs.Single(o => o.Name == "attention").Shape);
        var refusal = await Assert.ThrowsAsync<ServingException>(
            () => Infer("en-fr-attention", "decoder", [Longs("tokens", [1], 2), Longs("src_len", [1], 4), state, .. memory]));
        Assert.Equal("input \"src_len\": element 0 is 4; lengths of sources of 3 tokens are 1–3", refusal.Message);
    }

    [Fact]
    public async Task LanguageModel_ByIds_ReadsWithAnEmptyCache()
    {
        var graph = Graph("lm-transformer");
        var past = graph.Signature.Inputs.Where(i => i.Shape!.Count == 4).ToList();
        var empty = past.Select(p => new Tensor(p.Name, TensorDatatype.Fp32, [1, p.Shape![1], 0, p.Shape[3]], default));
        Tensor[] inputs = [Longs("tokens", [1, 2], 2, 5), Longs("lengths", [1], 2), Longs("past_len", [1], 0), .. empty];

        using var response = await Infer("lm-transformer", inputs);

        Assert.Equal([1L, graph.Signature.Outputs[0].Shape![1]], response.Outputs.Single(o => o.Name == "logits").Shape);
        inputs[2] = Longs("past_len", [1], 1);
        var refusal = await Assert.ThrowsAsync<ServingException>(() => Infer("lm-transformer", inputs));
        Assert.StartsWith("input \"past_len\": element 0 is 1; with a cache of 0 tokens", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LanguageModel_ByText_GoesOnTheSameWithTheSameSeed()
    {
        var request = new TensorRequest("lm-transformer", [Text([1], "The clouds are in the")])
        {
            Parameters = new TensorParameters(new Dictionary<string, object> { ["max_tokens"] = 4L, ["seed"] = 7L, ["temperature"] = 0.5 }),
        };

        using var one = await Infer(request);
        using var other = await Infer(request);

        Assert.NotEmpty(Strings(one.Outputs[0])[0]);
        Assert.Equal(Strings(one.Outputs[0]), Strings(other.Outputs[0]));
    }

    [Fact]
    public async Task Graph_ThatTheModelHasNot_IsRefusedWithThoseItHas()
    {
        var refusal = await Assert.ThrowsAsync<ServingException>(() => Infer("en-fr-attention", "model", []));

        Assert.Equal("parameter \"graph\": the graphs of this model are encoder, decoder", refusal.Message);
    }

    private static Tensor Text(long[] shape, params string[] texts) =>
        new("text", shape, [.. texts.Select(t => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(t))]);

    private static string[] Strings(Tensor tensor) => [.. tensor.Strings.Select(s => Encoding.UTF8.GetString(s.Span))];

    private SeqServe.Core.Graphs.TensorGraph Graph(string model)
    {
        using var lease = _models.Bench.Registry.Acquire(model, null);
        return lease.Model.Graphs.Main!;
    }

    private Task<TensorResponse> Infer(string model, params Tensor[] inputs) => Infer(new TensorRequest(model, inputs));

    private Task<TensorResponse> Infer(string model, string graph, Tensor[] inputs) =>
        Infer(new TensorRequest(model, inputs) { Parameters = new TensorParameters(new Dictionary<string, object> { ["graph"] = graph }) });

    private Task<TensorResponse> Infer(TensorRequest request) =>
        Patience.Wait(_models.Inference.InferAsync(request, new ServedRequest(), CancellationToken.None));

    /// <summary>A registry with the models that the tests ask.</summary>
    public sealed class Models : IDisposable
    {
        public Models()
        {
            Bench = new RegistryBench(
                ShippedTasks.Open(RepositoryRoot.Models),
                new ModelRegistryOptions { Models = ["sentiment-lstm", "en-fr-attention", "lm-transformer"] },
                OnnxBackends.Factory());
            Bench.Load();
            Inference = Over(Bench);
        }

        internal RegistryBench Bench { get; }

        internal TensorInference Inference { get; }

        public void Dispose() => Bench.Dispose();
    }
}
