using System.Globalization;
using System.Runtime.InteropServices;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// What the inputs of a text model's graphs must hold beyond their shapes. ONNX Runtime does not see that an id below zero wraps, that a length beyond its row gives
/// nonsense, or that a position has no embedding.
/// </summary>
internal sealed class TextGraphGuard
{
    private readonly int _vocabularySize;
    private readonly string _ids;
    private readonly int _leastTime;
    private readonly int _maxTime;

    private TextGraphGuard(string ids, int vocabularySize, int leastTime, int maxTime) =>
        (_ids, _vocabularySize, _leastTime, _maxTime) = (ids, vocabularySize, leastTime, maxTime);

    /// <summary>Lengths of the rows of ids, or null where every row is one token.</summary>
    private string? Lengths { get; init; }

    /// <summary>Keys and values <c>[B,h,P,d]</c>, of which <c>past_len</c> are filled.</summary>
    private List<string> Caches { get; init; } = [];

    /// <summary>What the encoder gave, <c>[B,S,…]</c> or <c>[B,h,S,d]</c>, of which <c>src_len</c> are filled.</summary>
    private IReadOnlyList<string> Memory { get; init; } = [];

    /// <summary>Most tokens that the decoder can have read.</summary>
    private int Context { get; init; }

    /// <summary>The guard of a graph.</summary>
    /// <param name="role">What the manifest calls the graph.</param>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="vocabularySize">Number of token ids.</param>
    public static TextGraphGuard Of(string role, ModelManifest manifest, int vocabularySize)
    {
        var most = manifest.Limits.MaxInputTokens;
        var caches = (manifest.Wiring?.Caches ?? []).SelectMany(c => new[] { c.KeyInput, c.ValueInput }).ToList();
        var context = most + (manifest.Limits.MaxOutputTokens ?? 0);
        return (role, manifest.Task) switch
        {
            ("encoder", _) => new TextGraphGuard("src", vocabularySize, 1, most) { Lengths = "src_len" },
            ("decoder", _) => new TextGraphGuard("tokens", vocabularySize, 1, 1) { Caches = caches, Memory = manifest.Wiring!.Memory, Context = manifest.Limits.MaxOutputTokens!.Value },
            ("score", _) => new TextGraphGuard("tokens", vocabularySize, 2, context) { Lengths = "lengths" },
            (_, LanguageModelingTask.TaskName) => new TextGraphGuard("tokens", vocabularySize, 1, context) { Lengths = "lengths", Caches = caches, Context = context },
            _ => new TextGraphGuard("ids", vocabularySize, 1, most) { Lengths = "lengths" },
        };
    }

    /// <summary>Refuses what the graph cannot take.</summary>
    public void Check(IReadOnlyList<Tensor> inputs)
    {
        var byName = inputs.ToDictionary(i => i.Name, StringComparer.Ordinal);
        var ids = byName[_ids];
        var rows = ids.Shape[0];
        if (rows == 0)
            throw TensorFaults.Of(ids, "axis 0 is the batch and has 0 rows; send at least one");
        foreach (var input in inputs)
        {
            if (input.Shape[0] != rows)
                throw TensorFaults.Of(input, $"has {input.Shape[0]} rows on axis 0, \"{_ids}\" has {rows}; they must be equal");
        }

        var time = ids.Shape.Count > 1 ? ids.Shape[1] : 1;
        if (time < _leastTime || time > _maxTime)
            throw TensorFaults.Of(ids, $"has {time} tokens a row, the graph takes {_leastTime}–{_maxTime}");
        Range(ids, 0, _vocabularySize - 1, "ids of this model are");
        if (Lengths is not null)
            Range(byName[Lengths], 1, time, $"lengths of rows of {time} tokens are");
        if (Caches.Count > 0)
            CheckCaches(byName, time);
        if (Memory.Count > 0)
            CheckMemory(byName);
    }

    private void CheckCaches(Dictionary<string, Tensor> inputs, long time)
    {
        var past = inputs[Caches[0]].Shape[2];
        foreach (var name in Caches)
        {
            if (inputs[name].Shape[2] != past)
                throw TensorFaults.OfInput(name, $"has {inputs[name].Shape[2]} past tokens on axis 2, \"{Caches[0]}\" has {past}; they must be equal");
        }

        Range(inputs["past_len"], 0, Math.Min(past, Context - time), $"with a cache of {past} tokens and room for {Context} in all, past lengths are");
    }

    private void CheckMemory(Dictionary<string, Tensor> inputs)
    {
        long? source = null;
        foreach (var memory in Memory.Select(name => inputs[name]).Where(m => m.Shape.Count > 2))
        {
            var size = memory.Shape[memory.Shape.Count == 3 ? 1 : 2];
            if (size == 0 || size != (source ?? size))
                throw TensorFaults.Of(memory, $"is of {size} source tokens; all memory must be of the same number, at least 1");
            source = size;
        }

        if (source is { } most && inputs.TryGetValue("src_len", out var lengths))
            Range(lengths, 1, most, $"lengths of sources of {most} tokens are");
    }

    private static void Range(Tensor input, long least, long most, string what)
    {
        var values = MemoryMarshal.Cast<byte, long>(input.Data.Span);
        var index = values.IndexOfAnyExceptInRange(least, most);
        if (index >= 0)
            throw TensorFaults.Of(input, string.Create(CultureInfo.InvariantCulture, $"element {index} is {values[index]}; {what} {least}–{most}"));
    }
}
