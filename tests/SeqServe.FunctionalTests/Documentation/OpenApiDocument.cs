using System.Text.Json;

namespace SeqServe.FunctionalTests.Documentation;

/// <summary>Walks an OpenAPI document.</summary>
internal static class OpenApiDocument
{
    /// <summary>Every operation, as "GET /path".</summary>
    public static IEnumerable<(string Name, JsonElement Node)> Operations(this JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    /// <summary>Every property of every schema, as "Schema.property".</summary>
    public static IEnumerable<(string Name, JsonElement Node)> Properties(this JsonElement document) =>
        from schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject()
        where schema.Value.TryGetProperty("properties", out _)
        from property in schema.Value.GetProperty("properties").EnumerateObject()
        select ($"{schema.Name}.{property.Name}", property.Value);

    public static bool HasExample(this JsonElement property) => property.TryGetProperty("example", out _) || property.TryGetProperty("examples", out _);

    /// <summary>Whether the property is made of another schema, whose properties have examples of their own.</summary>
    public static bool RefersToSchema(this JsonElement property) =>
        property.TryGetProperty("$ref", out _)
        || (property.TryGetProperty("items", out var items) && items.RefersToSchema())
        || (property.TryGetProperty("allOf", out var parts) && parts.EnumerateArray().Any(RefersToSchema))
        || (property.TryGetProperty("oneOf", out var either) && either.EnumerateArray().Any(RefersToSchema));
}
