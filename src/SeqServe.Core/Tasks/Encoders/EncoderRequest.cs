using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>Texts for a model that reads whole texts.</summary>
/// <param name="Texts">At least one.</param>
public record EncoderRequest(IReadOnlyList<string> Texts)
{
    /// <summary>Whether the caller sent one text and not an array; only the names of fields in messages depend on it.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The field that the texts came in; only the names of fields in messages depend on it.</summary>
    public string Field { get; init; } = "inputs";

    /// <summary>The model, or null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>Whether a text that is too long is cut instead of refused.</summary>
    public bool Truncate { get; init; }

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its rows go before or behind others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;

    /// <summary>What the model does with the texts; only messages depend on it.</summary>
    internal virtual string Verb => "read";

    /// <summary>The name of a text's field, as the caller wrote it.</summary>
    public string FieldOf(int index) => IsSingle ? Field : $"{Field}[{index}]";
}

/// <summary>The answer to an <see cref="EncoderRequest"/>.</summary>
/// <typeparam name="TResult">The answer to a text.</typeparam>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Tokens of all texts.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record EncoderResponse<TResult>(string Model, int Version, IReadOnlyList<TResult> Results, int InputTokens, InferenceTimings Timings);
