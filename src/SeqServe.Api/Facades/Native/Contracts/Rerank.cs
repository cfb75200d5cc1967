using System.ComponentModel.DataAnnotations;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Documents to rank for a query, in the shape that Cohere, Jina and vLLM share.</summary>
public sealed class RerankRequest
{
    /// <summary>The model's name: a classifier of one label that reads pairs.</summary>
    /// <example>reranker</example>
    [Required]
    public string? Model { get; set; }

    /// <summary>The model's version; omitted, the newest that is Ready answers.</summary>
    /// <example>1</example>
    public int? Version { get; set; }

    /// <summary>What the documents are ranked for.</summary>
    /// <example>What is the capital of Canada?</example>
    [Required]
    public string? Query { get; set; }

    /// <summary>The documents (128 at most unless configured otherwise).</summary>
    /// <example>Ottawa is the capital of Canada.</example>
    [Required]
    public TextInputs? Documents { get; set; }

    /// <summary>How many of the best are returned; omitted, all.</summary>
    /// <example>3</example>
    public int? TopN { get; set; }

    /// <summary>Whether each result holds its document. Default false.</summary>
    /// <example>false</example>
    public bool? ReturnDocuments { get; set; }

    /// <summary>
    /// Whether a pair that is too long is cut, of its longer text, instead of refused. Default true: documents are often longer than what models read.
    /// </summary>
    /// <example>true</example>
    public bool? Truncate { get; set; }
}

/// <summary>Documents by their relevance.</summary>
public sealed class RerankResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>reranker</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    /// <example>1</example>
    public required int Version { get; init; }

    /// <summary>The documents, the most relevant first.</summary>
    [Required]
    public required IReadOnlyList<RankedDocument> Results { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required Usage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    [Required]
    public required Timings Timings { get; init; }
}

/// <summary>A document's place in the ranking.</summary>
/// <param name="Index" example="2">Which document of the request it is, from 0 on.</param>
/// <param name="RelevanceScore" example="0.93">How relevant it is: for most models 0 to 1.</param>
/// <param name="Document">The document, when asked for.</param>
public sealed record RankedDocument(int Index, float RelevanceScore, DocumentText? Document);

/// <summary>A document.</summary>
/// <param name="Text" example="Ottawa is the capital of Canada.">Its text.</param>
public sealed record DocumentText([property: Required] string Text);
