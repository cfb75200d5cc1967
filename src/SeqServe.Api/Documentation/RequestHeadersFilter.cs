using Microsoft.OpenApi;
using SeqServe.Api.Requests;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SeqServe.Api.Documentation;

/// <summary>Documents the headers that every route with a body understands.</summary>
internal sealed class RequestHeadersFilter : IOperationFilter
{
    private const string Priority =
        "high, normal or low: whether the request goes before or behind others that wait for the same model. What waits long enough is overtaken no more.";

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.RequestBody is null)
            return;
        operation.Parameters ??= [];
        operation.Parameters.Add(Header(
            TimeoutHeader.Header, JsonSchemaType.Integer, "Milliseconds after which the answer is of no use any more; then the request ends with 504.", 2000));
        if (context.MethodInfo.IsDefined(typeof(TakesPriorityAttribute), false))
            operation.Parameters.Add(Header(RequestPriority.Header, JsonSchemaType.String, Priority, "normal"));
        operation.Parameters.Add(Header(RequestId.Header, JsonSchemaType.String, "The caller's name for the request; echoed, and in the log.", "order-4711"));
    }

    private static OpenApiParameter Header(string name, JsonSchemaType type, string description, System.Text.Json.Nodes.JsonNode example) =>
        new() { Name = name, In = ParameterLocation.Header, Description = description, Schema = new OpenApiSchema { Type = type }, Example = example };
}
