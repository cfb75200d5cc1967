namespace SeqServe.Core.Repository.Manifests;

/// <summary>A manifest has faults; all of them are listed.</summary>
/// <param name="file">The manifest, relative to the repository.</param>
/// <param name="errors">Every fault found.</param>
public sealed class ManifestException(string file, IReadOnlyList<ManifestError> errors)
    : Exception($"{file}: {string.Join("; ", errors)}")
{
    /// <summary>Every fault found.</summary>
    public IReadOnlyList<ManifestError> Errors { get; } = errors;
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
