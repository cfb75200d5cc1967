using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>
/// A model version at one moment, immutable: what it is loaded from, its state and, while it serves, the loaded model. A change of state is another
/// object in its place.
/// </summary>
/// <param name="Number">The version; 0 stands for a model without any.</param>
/// <param name="Source">The folder and the manifest that it is loaded from.</param>
/// <param name="Status">Its state, why, and since when.</param>
internal sealed record ModelVersion(int Number, RepositoryModel Source, ModelStatus Status)
{
    /// <summary>The loaded model; null unless the state is Ready.</summary>
    public ServedModel? Served { get; private init; }

    /// <summary>The loaded model that was taken out of service and is not disposed yet; null unless the state is Unloading.</summary>
    public Retirement? Retirement { get; private init; }

    /// <summary>The task of its manifest; null when the manifest has faults.</summary>
    public string? TaskName => Source.Manifest?.Task;

    /// <summary>A version that has been found and not been loaded yet; Unavailable when its model has a fault.</summary>
    public static ModelVersion Found(int number, RepositoryModel source, DateTimeOffset now) => new(
        number,
        source,
        source.Fault is { } fault ? new ModelStatus(ModelState.Unavailable, fault, now) : new ModelStatus(ModelState.Loading, "waits to be loaded", now));

    public ModelVersion Loading(DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Loading, "is being loaded", now) };

    public ModelVersion Ready(ServedModel model, DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Ready, "", now), Served = model };

    public ModelVersion Failed(string reason, DateTimeOffset now) => this with { Status = new ModelStatus(ModelState.Unavailable, reason, now) };

    /// <summary>Serves on, or stays Unavailable, and says what keeps the content of its folder from being loaded.</summary>
    public ModelVersion Noted(string fault) => this with
    {
        Status = Status with { Reason = Served is null ? fault : $"serves as loaded before; the reload failed: {fault}" },
    };

    public ModelVersion Unloading(Retirement retirement, DateTimeOffset now) => this with
    {
        Status = new ModelStatus(ModelState.Unloading, "answers the requests it has taken", now),
        Served = null,
        Retirement = retirement,
    };

    public ModelVersion Unloaded(DateTimeOffset now) => Failed("unloaded", now) with { Retirement = null };
}
