using SeqServe.Core.Repository;

namespace SeqServe.Core.Registry;

/// <summary>A model of the repository and the slots of its versions.</summary>
internal sealed class ModelEntry
{
    public ModelEntry(RepositoryModel model, DateTimeOffset now)
    {
        Model = model;
        var wanted = model.Manifest?.VersionPolicy.Select(model.Versions) ?? model.Versions;
        // A model without any version still needs a place to show its fault.
        IReadOnlyList<int> versions = wanted.Count > 0 ? wanted : [0];
        Slots = [.. versions.Select(v => new ModelVersionSlot(v, new ModelStatus(
            model.Fault is null ? ModelState.Loading : ModelState.Unavailable, model.Fault ?? "waits for its turn to load", now)))];
    }

    /// <summary>An entry whose versions have been loaded beside those of another.</summary>
    public ModelEntry(RepositoryModel model, IReadOnlyList<ModelVersionSlot> slots) => (Model, Slots) = (model, slots);

    public RepositoryModel Model { get; }

    /// <summary>Ascending by version.</summary>
    public IReadOnlyList<ModelVersionSlot> Slots { get; }

    /// <summary>Whether the server counts as ready only with this model: it was there at the start, and nobody has unloaded it.</summary>
    public bool IsExpected { get; set; } = true;

    /// <summary>Whether any version serves.</summary>
    public bool Serves => Slots.Any(slot => slot.Served is not null);
}
