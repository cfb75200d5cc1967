namespace SeqServe.Core.Repository.Manifests;

/// <summary>A manifest has faults; the first of them are listed.</summary>
/// <param name="file">The manifest, relative to the repository.</param>
/// <param name="errors">The faults found.</param>
public sealed class ManifestException(string file, ManifestErrors errors) : Exception(Describe(file, errors))
{
    /// <summary>A manifest that has one fault as a whole.</summary>
    /// <param name="file">The manifest, relative to the repository.</param>
    /// <param name="remedy">What is wrong and what to write instead.</param>
    public ManifestException(string file, string remedy)
        : this(file, Only(remedy))
    {
    }

    /// <summary>The first of the faults found.</summary>
    public IReadOnlyList<ManifestError> Errors { get; } = errors.First;

    private static string Describe(string file, ManifestErrors errors)
    {
        var more = errors.Count - errors.First.Count;
        return $"{file}: {string.Join("; ", errors.First)}{(more > 0 ? $"; and {more} more" : "")}";
    }

    private static ManifestErrors Only(string remedy)
    {
        var errors = new ManifestErrors();
        errors.Add("", null, remedy);
        return errors;
    }
}

/// <summary>One fault of a manifest.</summary>
/// <param name="Key">The key at fault, as a path: <c>limits.max_input_tokens</c>; empty for the whole file.</param>
/// <param name="Value">The value given, or null when there is none.</param>
/// <param name="Remedy">What is wrong and what to write instead.</param>
public sealed record ManifestError(string Key, string? Value, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() =>
        (Key.Length == 0 ? "" : Value is null ? $"{Key}: " : $"{Key} = {Value}: ") + Remedy;
}
