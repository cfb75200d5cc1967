using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>A model of the repository.</summary>
public sealed class ModelObject
{
    /// <summary>Its name, to be used as <c>model</c>.</summary>
    /// <example>sentiment-lstm</example>
    [Required]
    public required string Id { get; init; }

    /// <summary>Always <c>model</c>.</summary>
    /// <example>model</example>
    [Required]
    public string Object { get; init; } = "model";

    /// <summary>When its newest version came into its state, in Unix seconds.</summary>
    /// <example>1767225600</example>
    public required long Created { get; init; }

    /// <summary>Always <c>seqserve</c>.</summary>
    /// <example>seqserve</example>
    [Required]
    public string OwnedBy { get; init; } = "seqserve";

    /// <summary>What it is asked to do; null when its manifest cannot be read.</summary>
    /// <example>classification</example>
    public string? Task { get; init; }

    /// <summary>Its architecture.</summary>
    /// <example>lstm</example>
    public string? Architecture { get; init; }

    /// <summary>One sentence about it.</summary>
    /// <example>Sentiment of English sentences by a bidirectional LSTM.</example>
    public string? Description { get; init; }

    /// <summary>Whether it answers requests of its task that name no model.</summary>
    /// <example>true</example>
    public required bool Default { get; init; }

    /// <summary>Its versions with their states.</summary>
    [Required]
    public required IReadOnlyList<ModelVersionObject> Versions { get; init; }

    /// <summary>Its labels.</summary>
    /// <example>["negative", "positive"]</example>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The languages it translates.</summary>
    public ModelLanguages? Languages { get; init; }

    /// <summary>What a request may ask of it.</summary>
    public ModelLimits? Limits { get; init; }

    /// <summary>What its batches and its queue may hold.</summary>
    public ModelBatching? Batching { get; init; }

    /// <summary>What was measured after loading; the batch size follows from it. Null until then, and for a model whose manifest sets the size itself.</summary>
    public ModelPlan? Plan { get; init; }

    /// <summary>The sessions of its newest version; null while it is not loaded, and for a model that is no classifier.</summary>
    public ModelSessions? Sessions { get; init; }

    /// <summary>Where its newest version runs: <c>cpu</c> or <c>cuda</c>.</summary>
    /// <example>cpu</example>
    public string? Device { get; init; }

    /// <summary>Its scores, from the model card.</summary>
    /// <example>{"accuracy": 84.2}</example>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>What the scores were measured on.</summary>
    /// <example>SST-2 official test, 1,821 sentences</example>
    public string? MetricsOn { get; init; }

    /// <summary>Number of parameters.</summary>
    /// <example>1900000</example>
    public long? Parameters { get; init; }

    /// <summary>What it was trained on.</summary>
    /// <example>SST-2 sentences and phrases</example>
    public string? Data { get; init; }

    /// <summary>Licence of that data.</summary>
    /// <example>none stated upstream</example>
    public string? DataLicence { get; init; }

    /// <summary>Licence of the weights.</summary>
    /// <example>MIT</example>
    public string? Licence { get; init; }
}
