using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Vectors;

/// <summary>
/// Feeds a graph its own outputs back as the manifest's <c>state</c>, <c>cache</c> and <c>memory</c> say, so that the vectors
/// check what the manifest claims too. Caches are kept too large and the unused part is filled with values that would change the result.
/// </summary>
internal sealed class Wiring
{
    private const float Noticed = 7;

    private readonly JsonElement _manifest;
    private readonly Dictionary<string, object> _inputs = [];
    private long[] _past = [];

    public Wiring(string model)
    {
        Folder = RepositoryRoot.Model(model);
        _manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "model.json"))).RootElement;
    }

    /// <summary>The name of the attention output, where there is one.</summary>
    public string? Attention => _manifest.TryGetProperty("attention", out var name) ? name.GetString() : null;

    private string Folder { get; }

    public PlainGraph Open(string role) => new(Path.Combine(NewestVersion(), _manifest.GetProperty("graphs").GetProperty(role).GetString()!));

    /// <summary>What the first call of <paramref name="graph"/> is given, beside tokens.</summary>
    public void Begin(PlainGraph graph, int batch, Dictionary<string, DenseTensor<float>>? encoded = null)
    {
        _inputs.Clear();
        _past = new long[batch];
        foreach (var pair in Entries("state"))
        {
            var (input, start) = (Text(pair, "in"), Text(pair, "init"));
            _inputs[input] = start == "zeros" ? graph.Zeros(input, batch) : encoded![start["encoder:".Length..]];
        }

        foreach (var input in Entries("cache").SelectMany(Inputs))
            _inputs[input] = graph.Zeros(input, batch);
        foreach (var name in Entries("memory").Select(entry => entry.GetString()!))
            _inputs[name] = encoded![name];
    }

    /// <summary>One call: <paramref name="more"/> are the inputs that are not wired.</summary>
    public Dictionary<string, DenseTensor<float>> Call(PlainGraph graph, params (string Name, object Value)[] more)
    {
        var inputs = new Dictionary<string, object>(_inputs);
        foreach (var (name, value) in more.Where(input => graph.Takes(input.Name)))
            inputs[name] = value;
        if (graph.Takes("past_len"))
            inputs["past_len"] = _past;
        return graph.Run(inputs);
    }

    /// <summary>Puts the outputs where the next call finds them; <paramref name="lengths"/> are the steps that each row took.</summary>
    public void Carry(Dictionary<string, DenseTensor<float>> outputs, long[] lengths)
    {
        foreach (var pair in Entries("state"))
            _inputs[Text(pair, "in")] = outputs[Text(pair, "out")];
        foreach (var entry in Entries("cache"))
        {
            foreach (var (input, output) in Inputs(entry).Zip(Outputs(entry)))
                _inputs[input] = Grown((DenseTensor<float>)_inputs[input], outputs[output], lengths);
        }

        _past = [.. _past.Zip(lengths, (past, length) => past + length)];
    }

    // Each row's new keys go behind its own old ones: [batch, heads, steps, size].
    private DenseTensor<float> Grown(DenseTensor<float> past, DenseTensor<float> added, long[] lengths)
    {
        var (batch, heads, size) = (added.Dimensions[0], added.Dimensions[1], added.Dimensions[3]);
        var grown = new DenseTensor<float>([batch, heads, (int)(_past.Max() + lengths.Max()) + 2, size]);
        grown.Fill(Noticed);
        for (var row = 0; row < batch; row++)
        {
            for (var head = 0; head < heads; head++)
            {
                for (var step = 0; step < _past[row] + lengths[row]; step++)
                {
                    var (from, at) = step < _past[row] ? (past, step) : (added, step - (int)_past[row]);
                    for (var place = 0; place < size; place++)
                        grown[row, head, step, place] = from[row, head, at, place];
                }
            }
        }

        return grown;
    }

    private List<JsonElement> Entries(string key) => _manifest.TryGetProperty(key, out var entries) ? [.. entries.EnumerateArray()] : [];

    private string NewestVersion() => Directory.EnumerateDirectories(Folder)
        .MaxBy(folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture))!;

    private static string Text(JsonElement entry, string key) => entry.GetProperty(key).GetString()!;

    private static string[] Inputs(JsonElement entry) => [Text(entry, "key_in"), Text(entry, "value_in")];

    private static string[] Outputs(JsonElement entry) => [Text(entry, "key_out"), Text(entry, "value_out")];
}
