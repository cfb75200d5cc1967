using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Registry;

/// <summary>A model of the repository at one moment, immutable: its name and its versions, all of the same task.</summary>
internal sealed class ModelEntry
{
    /// <param name="name">The model's name.</param>
    /// <param name="versions">Ascending, at least one.</param>
    /// <param name="isExpected">Whether the server counts as ready only with this model.</param>
    public ModelEntry(string name, IReadOnlyList<ModelVersion> versions, bool isExpected)
    {
        Name = name;
        Versions = versions;
        IsExpected = isExpected;
        Current = versions.LastOrDefault(static version => version.Served is not null) ?? versions[^1];
    }

    public string Name { get; }

    /// <summary>Ascending, at least one.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; }

    /// <summary>Whether the server counts as ready only with this model: it was there at the start and has not been unloaded since.</summary>
    public bool IsExpected { get; }

    /// <summary>The version that answers requests naming none: the newest that serves, else the newest.</summary>
    public ModelVersion Current { get; }

    /// <summary>The manifest of <see cref="Current"/>, or null when that has faults.</summary>
    public ModelManifest? Manifest => Current.Source.Manifest;

    /// <summary>Whether any version serves.</summary>
    public bool Serves => Current.Served is not null;

    /// <summary>A model as it was found, none of its versions loaded.</summary>
    public static ModelEntry Found(RepositoryModel model, bool isExpected, DateTimeOffset now)
    {
        var wanted = model.Manifest?.VersionPolicy.Select(model.Versions) ?? model.Versions;
        // A model without any version still needs a place to show its fault.
        IReadOnlyList<int> numbers = wanted.Count > 0 ? wanted : [0];
        return new ModelEntry(model.Name, [.. numbers.Select(number => ModelVersion.Found(number, model, now))], isExpected);
    }

    /// <summary>A version, or null; <see cref="Current"/> where none is named.</summary>
    public ModelVersion? Find(int? number)
    {
        if (number is null)
            return Current;
        foreach (var version in Versions)
        {
            if (version.Number == number)
                return version;
        }

        return null;
    }

    /// <summary>The entry with another object in the place of a version, or null when the version is not in it.</summary>
    public ModelEntry? Replace(ModelVersion version, ModelVersion next) =>
        Versions.Any(v => ReferenceEquals(v, version)) ? Change(v => ReferenceEquals(v, version) ? next : v, IsExpected) : null;

    /// <summary>The entry with each version changed.</summary>
    public ModelEntry Change(Func<ModelVersion, ModelVersion> change, bool isExpected) => new(Name, [.. Versions.Select(change)], isExpected);
}
