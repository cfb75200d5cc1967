using SeqServe.TestSupport;

namespace SeqServe.Attack.Server;

/// <summary>The model folder of the attacked server: copies of the shipped models, a copy to be loaded and unloaded, and small graphs.</summary>
internal sealed class AttackModels : IDisposable
{
    /// <summary>A classifier that the life cycle phase unloads and loads.</summary>
    public const string Life = "attack-life";

    /// <summary>A graph that malformed requests may unload and load.</summary>
    public const string Spare = "attack-spare";

    /// <summary>The graph that is placed while the server polls, and never ends.</summary>
    public const string WithoutEnd = "attack-loop-without-end";

    /// <summary>A good graph placed behind the endless one: polling must find it.</summary>
    public const string Late = "attack-late";

    private readonly TemporaryRepository _repository = new();
    private readonly TemporaryFolder _staging = new();

    /// <param name="withLoop">Whether the graph whose loop counts what a client sends is among them.</param>
    public AttackModels(bool withLoop)
    {
        foreach (var manifest in Directory.EnumerateFiles(RepositoryRoot.Models, "model.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var folder = Path.GetDirectoryName(manifest)!;
            if (Path.GetDirectoryName(folder) == RepositoryRoot.Models)
                _repository.AddShipped(Path.GetFileName(folder), source: Path.GetFileName(folder));
        }

        _repository.AddShipped(Life, source: "sentiment-rnn");
        foreach (var (name, graph) in AttackGraphs.Served)
            Place(name, graph);
        if (withLoop)
            Place(AttackGraphs.LoopOfTheClient, AttackGraphs.Loop(isEndless: false));
    }

    /// <summary>Its absolute path.</summary>
    public string Root => _repository.Root;

    /// <summary>Adds a bare graph in one move: polling must never see half of it.</summary>
    public void Place(string name, byte[] graph)
    {
        Directory.CreateDirectory(_staging.Of(name, "1"));
        File.WriteAllBytes(_staging.Of(name, "1", "model.onnx"), graph);
        Directory.Move(_staging.Of(name), _repository.Of(name));
    }

    /// <summary>Takes a model away.</summary>
    public void Remove(string name) => Directory.Delete(_repository.Of(name), recursive: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _staging.Dispose();
        _repository.Dispose();
    }
}
