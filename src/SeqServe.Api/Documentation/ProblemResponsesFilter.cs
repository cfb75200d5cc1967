using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using SeqServe.Api.Errors;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SeqServe.Api.Documentation;

/// <summary>Writes an action's problems into the document: one response per status, one example per kind of problem.</summary>
internal sealed class ProblemResponsesFilter : IOperationFilter
{
    private const string ExampleTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var kinds = context.MethodInfo.GetCustomAttributes(typeof(ProducesProblemAttribute), false)
            .Cast<ProducesProblemAttribute>().SelectMany(a => a.Codes).Select(ProblemKinds.Of).ToList();
        if (operation.RequestBody is not null)
            kinds.Add(ProblemKinds.UnsupportedMediaType);
        if (kinds.Count > 0)
            kinds.Add(ProblemKinds.Internal);

        var shape = context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<ErrorShape>().LastOrDefault() ?? ProblemShape.Instance;
        var schema = context.SchemaGenerator.GenerateSchema(shape.Contract, context.SchemaRepository);
        operation.Responses ??= [];
        foreach (var status in kinds.GroupBy(k => k.Status).OrderBy(g => g.Key))
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response([.. status], shape, schema);
    }

    private static OpenApiResponse Response(IReadOnlyList<ProblemKind> kinds, ErrorShape shape, IOpenApiSchema schema)
    {
        var media = new OpenApiMediaType
        {
            Schema = schema,
            Examples = kinds.ToDictionary(k => k.Slug, IOpenApiExample (k) => Example(k, shape)),
        };
        return new OpenApiResponse
        {
            Description = string.Join(" Or: ", kinds.Select(k => $"{k.Title} (`{k.Type}`)")),
            Content = new Dictionary<string, IOpenApiMediaType> { [shape.MediaType] = media },
            Headers = kinds.Any(k => k.Status is 429 or 503) ? RetryAfter() : null,
        };
    }

    private static OpenApiExample Example(ProblemKind kind, ErrorShape shape) =>
        new OpenApiExample { Summary = kind.Title, Value = JsonNode.Parse(shape.Write(new Failure(kind, kind.Example), ExampleTrace)) };

    private static Dictionary<string, IOpenApiHeader> RetryAfter() => new()
    {
        ["Retry-After"] = new OpenApiHeader
        {
            Description = "Seconds after which a retry makes sense.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
        },
    };
}
