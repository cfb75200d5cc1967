using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SeqServe.Api.Documentation;

/// <summary>Writes the contract of a body that an action reads itself into the document.</summary>
internal sealed class RequestBodyFilter : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (context.MethodInfo.GetCustomAttributes(typeof(AcceptsJsonAttribute), false) is not [AcceptsJsonAttribute accepts])
            return;
        var schema = context.SchemaGenerator.GenerateSchema(accepts.RequestType, context.SchemaRepository);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = accepts.ContentTypes.ToDictionary(type => type, IOpenApiMediaType (_) => new OpenApiMediaType { Schema = schema }),
        };
    }
}
