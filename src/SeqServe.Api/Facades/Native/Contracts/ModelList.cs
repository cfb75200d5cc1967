using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>All models.</summary>
public sealed class ModelList
{
    /// <summary>Always <c>list</c>.</summary>
    /// <example>list</example>
    [Required]
    public string Object { get; init; } = "list";

    /// <summary>The models, by name.</summary>
    [Required]
    public required IReadOnlyList<ModelObject> Data { get; init; }
}
