using System.Text.Json.Nodes;

namespace SeqServe.Attack.Generation;

/// <summary>A route as the server's own OpenAPI document describes it.</summary>
/// <param name="Method">GET, POST.</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Fields">The fields of its JSON body with an example of each; empty for a route without a body.</param>
internal sealed record OpenApiRoute(string Method, string Path, IReadOnlyList<(string Name, JsonNode Example)> Fields)
{
    /// <summary>All routes of a document, in an order that does not depend on the document's.</summary>
    /// <param name="document">The document.</param>
    public static IReadOnlyList<OpenApiRoute> ReadAll(JsonNode document)
    {
        var routes = from path in document["paths"]!.AsObject()
                     from operation in path.Value!.AsObject()
                     orderby path.Key, operation.Key
                     select new OpenApiRoute(operation.Key.ToUpperInvariant(), path.Key, Examples(document, operation.Value!));
        return [.. routes];
    }

    private static List<(string Name, JsonNode Example)> Examples(JsonNode document, JsonNode operation)
    {
        if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is not { } schema)
            return [];
        if ((string?)schema["$ref"] is { } reference)
            schema = document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!;
        var fields = schema["properties"]?.AsObject() ?? [];
        return [.. fields.Where(f => f.Value!["example"] is not null).Select(f => (f.Key, f.Value!["example"]!)).OrderBy(f => f.Key, StringComparer.Ordinal)];
    }
}
