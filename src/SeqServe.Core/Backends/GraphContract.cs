using SeqServe.Core.Tensors;

namespace SeqServe.Core.Backends;

/// <summary>
/// Which input and output of which graph plays which part for a task. The parts are the task's; the names are the graph's, and a manifest may give others.
/// </summary>
/// <param name="roles">The graphs, the main one first.</param>
public sealed class GraphContract(IReadOnlyList<GraphRole> roles)
{
    /// <summary>The role of the graph of a model that has one only.</summary>
    public const string ModelRole = "model";

    /// <summary>One graph of any signature: what its tensors are is up to the caller.</summary>
    public static GraphContract Any { get; } = new([new GraphRole(ModelRole)]);

    /// <summary>The graphs, the main one first.</summary>
    public IReadOnlyList<GraphRole> Roles { get; } = roles;

    /// <summary>The graph of a role of this contract.</summary>
    public GraphRole Role(string name) => Roles.First(role => role.Name == name);

    /// <summary>
    /// What a manifest may call the parts of one side: <c>part</c> for every graph that has it, <c>role.part</c> for one of several graphs.
    /// </summary>
    public IReadOnlyList<string> Keys(GraphSide side)
    {
        var parts = Roles.SelectMany(role => role.Parts(side).Select(part => part.Part)).Distinct();
        return Roles.Count == 1 ? [.. parts] : [.. parts, .. Roles.SelectMany(role => role.Parts(side).Select(part => $"{role.Name}.{part.Part}"))];
    }

    /// <summary>The same contract for graphs that have other names.</summary>
    /// <param name="inputs">Names of inputs by <see cref="Keys"/>; the key with a role takes precedence over the one without.</param>
    /// <param name="outputs">Names of outputs likewise.</param>
    /// <exception cref="BackendException">A key is no part, or two parts of a graph get the same name.</exception>
    public GraphContract Named(IReadOnlyDictionary<string, string> inputs, IReadOnlyDictionary<string, string> outputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        foreach (var (side, names) in new[] { (GraphSide.Input, inputs), (GraphSide.Output, outputs) })
        {
            if (FindFault(side, names) is { } fault)
                throw new BackendException($"The manifest's names of {(side == GraphSide.Input ? "inputs" : "outputs")}: \"{fault.Key}\" {fault.Remedy}.");
        }

        return inputs.Count + outputs.Count == 0 ? this : new GraphContract([.. Roles.Select(role => role.Named(inputs, outputs, IsShared))]);
    }

    /// <summary>The first of these names that cannot be used, with what to write instead; null when all can.</summary>
    public (string Key, string Remedy)? FindFault(GraphSide side, IReadOnlyDictionary<string, string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var keys = Keys(side);
        if (names.Keys.FirstOrDefault(key => !keys.Contains(key)) is { } unknown)
            return (unknown, $"is no part of this task's graphs; remove it or write one of {string.Join(", ", keys)}");
        foreach (var role in Roles)
        {
            var named = role.Parts(side).Select(part => (part.Part, Name: role.NameOf(part, names)));
            if (named.GroupBy(part => part.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                var parts = string.Join(" and ", twice.Select(part => part.Part));
                var key = names.First(pair => pair.Value == twice.Key).Key;
                return (key, $"gives \"{twice.Key}\" to {parts} of the same graph; each needs a tensor of its own");
            }
        }

        return null;
    }

    // The second graph of a decoder that is two is no other one.
    private bool IsShared(GraphSide side, string part) =>
        Roles.Count(role => !(role.IsOptional && role.IsWired) && role.Parts(side).Any(other => other.Part == part)) > 1;
}

/// <summary>One graph of a contract.</summary>
/// <param name="Name">What the manifest calls it under <c>graphs</c>.</param>
public sealed record GraphRole(string Name)
{
    /// <summary>Its inputs, beside those that the wiring names.</summary>
    public IReadOnlyList<GraphPart> Inputs { get; init; } = [];

    /// <summary>Its outputs, beside those that the wiring names.</summary>
    public IReadOnlyList<GraphPart> Outputs { get; init; } = [];

    /// <summary>Whether a model may be without it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether the tensors of the model's <see cref="DecoderWiring"/> are inputs and outputs of this graph.</summary>
    public bool IsWired { get; init; }

    /// <summary>What a row of its token ids holds.</summary>
    public RowTokens Reads { get; init; }

    /// <summary>Fewest tokens of a row for which it computes something.</summary>
    public int MinTokens { get; init; } = 1;

    /// <summary>The parts of one side.</summary>
    public IReadOnlyList<GraphPart> Parts(GraphSide side) => side == GraphSide.Input ? Inputs : Outputs;

    /// <summary>The input of a part of this role.</summary>
    public GraphPart Input(string part) => Inputs.First(p => p.Part == part);

    /// <summary>The output of a part of this role.</summary>
    public GraphPart Output(string part) => Outputs.First(p => p.Part == part);

    /// <summary>The input whose values mean this, or null.</summary>
    public GraphPart? Find(TensorMeaning meaning) => Inputs.FirstOrDefault(p => p.Meaning == meaning);

    /// <summary>The same role under the names that a graph has: where a part's own name is none of its tensors, the first of the other names that is.</summary>
    /// <param name="inputs">Names of the graph's inputs.</param>
    /// <param name="outputs">Names of its outputs.</param>
    public GraphRole FoundIn(IReadOnlyCollection<string> inputs, IReadOnlyCollection<string> outputs)
    {
        static GraphPart Found(GraphPart part, IReadOnlyCollection<string> names) =>
            part.IsNamed || names.Contains(part.Name) || part.OtherNames.FirstOrDefault(names.Contains) is not { } name ? part : part with { Name = name };

        return this with { Inputs = [.. Inputs.Select(part => Found(part, inputs))], Outputs = [.. Outputs.Select(part => Found(part, outputs))] };
    }

    internal string NameOf(GraphPart part, IReadOnlyDictionary<string, string> names) =>
        names.TryGetValue($"{Name}.{part.Part}", out var name) || names.TryGetValue(part.Part, out name) ? name : part.Name;

    internal GraphRole Named(
        IReadOnlyDictionary<string, string> inputs, IReadOnlyDictionary<string, string> outputs, Func<GraphSide, string, bool> isShared)
    {
        // A key without a role names the tensor of whichever graph has it.
        GraphPart Named(GraphPart part, GraphSide side, IReadOnlyDictionary<string, string> names) => part with
        {
            Name = NameOf(part, names),
            IsNamed = names.ContainsKey($"{Name}.{part.Part}") || (names.ContainsKey(part.Part) && !isShared(side, part.Part)),
        };

        return this with
        {
            Inputs = [.. Inputs.Select(part => Named(part, GraphSide.Input, inputs))],
            Outputs = [.. Outputs.Select(part => Named(part, GraphSide.Output, outputs))],
        };
    }
}

/// <summary>A tensor of a graph and the part that it plays.</summary>
/// <param name="Part">The part: what a manifest calls it, and the tensor's name unless the manifest gives another.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its shape as people write it, such as <c>[B,T]</c>.</param>
public sealed record GraphPart(string Part, TensorDatatype Type, string Shape)
{
    /// <summary>Its name in the graph.</summary>
    public string Name { get; init; } = Part;

    /// <summary>What exporters of other frameworks call it.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>Further element types that it may have.</summary>
    public IReadOnlyList<TensorDatatype> OtherTypes { get; init; } = [];

    /// <summary>Further shapes that it may have, of other numbers of axes.</summary>
    public IReadOnlyList<string> OtherShapes { get; init; } = [];

    /// <summary>Number of its axes, or the least number where <see cref="HasMoreAxes"/>.</summary>
    public int Rank => RankOf(Shape);

    /// <summary>Whether it may have so many axes.</summary>
    public bool Takes(int axes) => axes == Rank || (axes > Rank && HasMoreAxes) || OtherShapes.Any(shape => RankOf(shape) == axes);

    /// <summary>Whether any number of axes may follow.</summary>
    public bool HasMoreAxes => Shape.Contains('…', StringComparison.Ordinal);

    /// <summary>When a graph has it.</summary>
    public PartPresence Presence { get; init; }

    /// <summary>Whether the manifest names it of this graph, which then must have it, whatever its <see cref="Presence"/>.</summary>
    public bool IsNamed { get; init; }

    /// <summary>What its values are, which says what range they must be in.</summary>
    public TensorMeaning Meaning { get; init; }

    private static int RankOf(string shape) => 1 + shape.Count(static c => c == ',');
}

/// <summary>A side of a graph.</summary>
public enum GraphSide
{
    /// <summary>What it takes.</summary>
    Input,

    /// <summary>What it gives.</summary>
    Output,
}

/// <summary>When a graph has the tensor of a part.</summary>
public enum PartPresence
{
    /// <summary>Always.</summary>
    Required,

    /// <summary>Where the export found a use for it.</summary>
    Optional,

    /// <summary>Exactly where the wiring has a key-value cache that a step gives the new tokens of.</summary>
    WithCache,
}

/// <summary>What the values of an input are.</summary>
public enum TensorMeaning
{
    /// <summary>Nothing that could be checked.</summary>
    Other,

    /// <summary>Token ids, each inside of the vocabulary.</summary>
    TokenIds,

    /// <summary>Valid tokens of each row of ids.</summary>
    Lengths,

    /// <summary>1 for each token of a row of ids, 0 for padding.</summary>
    Mask,

    /// <summary>Tokens of each row that the cache holds.</summary>
    PastLengths,

    /// <summary>Positions of the tokens in their texts.</summary>
    Positions,

    /// <summary>Which branch of the graph runs: one for all rows.</summary>
    Switch,

    /// <summary>Valid source tokens of each row of an encoder's memory.</summary>
    SourceLengths,
}

/// <summary>What a row of token ids holds, from which follows how long it may be.</summary>
public enum RowTokens
{
    /// <summary>A text that a request brings.</summary>
    Input,

    /// <summary>A text that a request brings, and what has been generated behind it.</summary>
    InputAndOutput,

    /// <summary>The one token of a decode step.</summary>
    Step,
}
