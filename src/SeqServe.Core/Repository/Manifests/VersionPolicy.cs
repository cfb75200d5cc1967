namespace SeqServe.Core.Repository.Manifests;

/// <summary>Which of a model's version folders are served.</summary>
public sealed record VersionPolicy
{
    /// <summary>Most versions of a model that are served, or shown with a fault.</summary>
    public const int MaxServed = 100;

    private readonly int? _latest;
    private readonly IReadOnlyList<int>? _specific;

    private VersionPolicy(int? latest, IReadOnlyList<int>? specific) => (_latest, _specific) = (latest, specific);

    /// <summary>The newest version.</summary>
    public static VersionPolicy Newest { get; } = Latest(1);

    /// <summary>Every version.</summary>
    public static VersionPolicy All { get; } = new(null, null);

    /// <summary>The newest <paramref name="count"/> versions.</summary>
    public static VersionPolicy Latest(int count) => new(count, null);

    /// <summary>These versions.</summary>
    public static VersionPolicy Specific(IReadOnlyList<int> versions) => new(null, versions);

    /// <summary>The versions to serve, in ascending order; versions that are wanted but have no folder are among them.</summary>
    /// <param name="present">The version folders there are.</param>
    public IReadOnlyList<int> Select(IReadOnlyCollection<int> present)
    {
        if (_specific is not null)
            return [.. _specific.Distinct().Order()];
        var ordered = present.Order().ToList();
        return _latest is { } count ? [.. ordered.TakeLast(count)] : ordered;
    }
}
