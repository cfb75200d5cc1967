using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Contracts;

/// <summary>The graphs of a model version, open, by their roles. Disposing it disposes their sessions.</summary>
internal sealed class OpenGraphs : IDisposable
{
    private readonly Dictionary<string, OpenGraph> _graphs = new(StringComparer.Ordinal);

    private OpenGraphs()
    {
    }

    /// <summary>The graph of a role that every model of the contract has.</summary>
    public OpenGraph this[string role] => _graphs[role];

    /// <summary>The graph of the contract's only role.</summary>
    public OpenGraph Single => _graphs.Values.Single();

    /// <summary>The graph of a role, or null where the model has none.</summary>
    public OpenGraph? Find(string role) => _graphs.GetValueOrDefault(role);

    /// <summary>Opens every file of a set; when one fails, none stays open.</summary>
    /// <param name="set">The files.</param>
    /// <param name="open">Opens the sessions of one file.</param>
    /// <exception cref="BackendException">A file is missing or cannot be opened.</exception>
    public static OpenGraphs Open(GraphSet set, Func<string, InstanceOptions, SessionPool> open)
    {
        var graphs = new OpenGraphs();
        try
        {
            foreach (var role in set.Contract.Roles)
            {
                if (set.Files.TryGetValue(role.Name, out var file))
                    graphs._graphs[role.Name] = OpenGraph.Of(open(file, set.Instances), role);
                else if (!role.IsOptional)
                    throw new BackendException($"The model has no graph \"{role.Name}\".");
            }

            return graphs;
        }
        catch
        {
            graphs.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var graph in _graphs.Values)
            graph.Pool.Dispose();
    }
}

/// <summary>One graph of a model, open.</summary>
/// <param name="Pool">Its sessions.</param>
/// <param name="Role">What its tensors are.</param>
internal sealed record OpenGraph(SessionPool Pool, GraphRole Role)
{
    private const string AnyAxes = "[B,…]";

    /// <summary>The graph under the names that its tensors have.</summary>
    public static OpenGraph Of(SessionPool pool, GraphRole role) =>
        new(pool, role.FoundIn([.. pool.First.InputMetadata.Keys], [.. pool.First.OutputMetadata.Keys]));

    /// <summary>Its file's name, for messages.</summary>
    public string File => Pool.File.Name;

    /// <summary>Inputs as the session has them.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> Inputs => Pool.First.InputMetadata;

    /// <summary>Outputs as the session has them.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> Outputs => Pool.First.OutputMetadata;

    /// <summary>A tensor of floats with a batch axis, of which the wiring gives the name only.</summary>
    public static GraphPart Wired(string name, string shape = AnyAxes) => new(name, TensorDatatype.Fp32, shape);

    /// <summary>The parts of the contract that are inputs of this graph.</summary>
    public IReadOnlyList<GraphPart> InputParts(DecoderWiring wiring) => [.. Role.Inputs.Where(part => part.Presence switch
    {
        PartPresence.Optional => Inputs.ContainsKey(part.Name),
        PartPresence.WithCache => wiring.Caches.Any(static cache => !cache.IsWhole),
        _ => true,
    })];

    /// <summary>The size of an output's last axis, which the graph must fix.</summary>
    /// <param name="output">The output.</param>
    /// <param name="what">What it is the number of, for the message.</param>
    /// <exception cref="BackendException">It does not.</exception>
    public int FixedSize(GraphPart output, string what)
    {
        var size = Outputs[output.Name].Dimensions[^1];
        if (size >= 1)
            return size;
        throw new BackendException($"{File} does not fix {what}: {output.Name} must be {output.Shape} with a constant {output.Shape[^2]}.");
    }
}
