namespace SeqServe.Core.Repository.Manifests;

/// <summary>Where a model comes from and how good it is; shown as it stands.</summary>
public sealed record ModelCard
{
    /// <summary>What it was trained on.</summary>
    public string? Data { get; init; }

    /// <summary>Licence of the data.</summary>
    public string? DataLicence { get; init; }

    /// <summary>Licence of the weights.</summary>
    public string? Licence { get; init; }

    /// <summary>Number of parameters.</summary>
    public long? Parameters { get; init; }

    /// <summary>The command that made it.</summary>
    public string? TrainedBy { get; init; }

    /// <summary>Scores by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>What the scores were measured on.</summary>
    public string? MetricsOn { get; init; }

    /// <summary>Anything else a user should know.</summary>
    public string? Notes { get; init; }
}
