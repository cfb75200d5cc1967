using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Contracts;

namespace SeqServe.Onnx.Decoding;

/// <summary>
/// The decoder of an encoder-decoder as other frameworks export it. The first step computes keys and values of the source, and every later one reads them:
/// two graphs, or one with a branch for each.
/// </summary>
internal sealed class ExportedDecoder
{
    /// <summary>Reads and checks the graphs' signatures.</summary>
    /// <param name="first">The graph of the first step; owned by the caller.</param>
    /// <param name="next">The graph of the others, or null where the first is of both.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="wiring">Which of their outputs go back in, a cache for each layer.</param>
    /// <exception cref="BackendException">The signatures differ from what contract and wiring say.</exception>
    public ExportedDecoder(OpenGraph first, OpenGraph? next, ExportedEncoder encoder, DecoderWiring wiring)
    {
        MaxTokens = wiring.MaxTokens;
        var isMerged = next is null;
        next ??= first;
        First = new ExportedPass(first, wiring, takesPast: isMerged, givesSources: true);
        Next = isMerged ? First : new ExportedPass(next, wiring, takesPast: true, givesSources: false);
        if (First.VocabularySize != Next.VocabularySize)
            throw new BackendException($"{first.File} computes {First.VocabularySize} logits, {next.File} {Next.VocabularySize}; export both from one model.");
        Caches = [.. Tensors(wiring.Caches).Select(c => ExportedCache.Of(next, c.In, next, c.Out))];
        SourceCaches = [.. Tensors(wiring.SourceCaches).Select(c => ExportedCache.Of(next, c.In, first, c.Out))];
        Hidden = new ExportedCache("", "", encoder.Type, 1, encoder.Size);
        foreach (var pass in new[] { First, Next })
            pass.CheckHidden(encoder);
    }

    /// <summary>The first step.</summary>
    public ExportedPass First { get; }

    /// <summary>Every later step; the same where one graph is of both.</summary>
    public ExportedPass Next { get; }

    /// <summary>Keys and values of what has been read.</summary>
    public ExportedCache[] Caches { get; }

    /// <summary>Keys and values of the source.</summary>
    public ExportedCache[] SourceCaches { get; }

    /// <summary>What the encoder gives, as a cache of one head.</summary>
    public ExportedCache Hidden { get; }

    public int VocabularySize => First.VocabularySize;

    /// <summary>What caches and sources take, in both buffers.</summary>
    public CacheCost Cost => ExportedCache.Cost([.. SourceCaches, Hidden], Caches);

    /// <summary>Most tokens that a row reads.</summary>
    public int MaxTokens { get; }

    /// <summary>An empty group. Its sources are <see cref="SourceCaches"/> and, behind them, <see cref="Hidden"/>.</summary>
    public ExportedGroup NewGroup() => new(Caches, SourceCaches.Append(Hidden), MaxTokens);

    internal static IEnumerable<(string In, string Out)> Tensors(IEnumerable<CacheWiring> caches) =>
        caches.SelectMany(static cache => new[] { (cache.KeyInput, cache.KeyOutput), (cache.ValueInput, cache.ValueOutput) });
}

/// <summary>One of the graphs of an exported decoder.</summary>
internal sealed class ExportedPass
{
    private readonly OpenGraph _graph;

    /// <summary>Reads and checks the graph's signature.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="wiring">Which outputs go back in, a cache for each layer.</param>
    /// <param name="takesPast">Whether it takes the caches.</param>
    /// <param name="givesSources">Whether it gives keys and values of the source.</param>
    /// <exception cref="BackendException">It differs.</exception>
    public ExportedPass(OpenGraph graph, DecoderWiring wiring, bool takesPast, bool givesSources)
    {
        _graph = graph;
        TakesPast = takesPast;
        Inputs = graph.InputParts(wiring);
        var scores = graph.Role.Output(TranslatorContract.Logits);
        var (own, sources) = (ExportedDecoder.Tensors(wiring.Caches).ToList(), ExportedDecoder.Tensors(wiring.SourceCaches).ToList());
        IEnumerable<string> pasts = takesPast ? own.Concat(sources).Select(static c => c.In) : [];
        var presents = own.Concat(givesSources ? sources : []).Select(static c => c.Out);
        SignatureCheck.Run(
            graph, [.. Inputs, .. pasts.Select(static name => Cache(name))], [scores, .. presents.Select(static name => Cache(name))]);
        VocabularySize = graph.FixedSize(scores, "the vocabulary");
        Logits = scores.Name;
        LogitsType = graph.Outputs[Logits].ElementDataType;
        LogitsRank = graph.Outputs[Logits].Dimensions.Length;
    }

    /// <summary>Its inputs beside the caches.</summary>
    public IReadOnlyList<GraphPart> Inputs { get; }

    /// <summary>Whether it takes the caches.</summary>
    public bool TakesPast { get; }

    public int VocabularySize { get; }

    /// <summary>Name of the output of scores.</summary>
    public string Logits { get; }

    /// <summary>Float or Float16.</summary>
    public TensorElementType LogitsType { get; }

    /// <summary>Axes of the scores: 2, or 3 with that of the step.</summary>
    public int LogitsRank { get; }

    /// <summary>The graph, to run it.</summary>
    public OpenGraph Graph => _graph;

    /// <summary>The type and the number of axes that an input has in the graph.</summary>
    public (TensorElementType Type, int Rank) Of(GraphPart input) => (_graph.Inputs[input.Name].ElementDataType, _graph.Inputs[input.Name].Dimensions.Length);

    /// <summary>Refuses an encoder whose numbers this graph does not take.</summary>
    /// <exception cref="BackendException">It differs.</exception>
    public void CheckHidden(ExportedEncoder encoder)
    {
        if (Inputs.FirstOrDefault(static part => part.Part == TranslatorContract.Hidden) is not { } hidden)
            return;
        var (input, size) = (_graph.Inputs[hidden.Name], _graph.Inputs[hidden.Name].Dimensions[2]);
        if (input.ElementDataType != encoder.Type || (size > 0 && size != encoder.Size))
        {
            throw new BackendException(
                $"{_graph.File}: input {hidden.Name} takes {size} numbers of each source token ({input.ElementDataType}), the encoder gives {encoder.Size} "
                + $"({encoder.Type}); export both from one model.");
        }
    }

    private static GraphPart Cache(string name) => OpenGraph.Wired(name, "[B,h,P,d]") with { OtherTypes = [TensorDatatype.Fp16] };
}
