using System.Reflection;
using Microsoft.OpenApi;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using Swashbuckle.AspNetCore.SwaggerGen;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace SeqServe.Api.Documentation;

/// <summary>What the OpenAPI document says beyond the controllers themselves.</summary>
internal static class SwaggerSetup
{
    public static void Configure(SwaggerGenOptions options)
    {
        options.SwaggerDoc("v1", new OpenApiInfo
        {
            Title = "SeqServe",
            Version = "v1",
            Description = "Text in, text out over ONNX exports of sequence models. Every failure is `application/problem+json` with a stable `type`.",
            License = new OpenApiLicense { Name = "MIT" },
        });
        options.SupportNonNullableReferenceTypes();
        // A bare $ref would drop the description of the property that holds it.
        options.UseAllOfToExtendReferenceSchemas();
        options.MapType<TextInputs>(TextInputsSchema);
        options.MapType<PromptInputs>(PromptInputsSchema);
        options.MapType<EmbeddingNumbers>(EmbeddingNumbersSchema);
        options.OperationFilter<RequestBodyFilter>();
        options.OperationFilter<ProblemResponsesFilter>();
        options.OperationFilter<RequestHeadersFilter>();
        options.AddSecurityDefinition("key", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key; needed when the server has keys configured.",
        });
        options.AddSecurityRequirement(document => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] });
        options.IncludeXmlComments(Assembly.GetExecutingAssembly(), includeControllerXmlComments: true);
    }

    /// <summary>The document and the page that shows it; both are open.</summary>
    public static void MapDocumentation(this IEndpointRouteBuilder routes)
    {
        routes.MapSwagger().AsOpen();
        routes.MapSwaggerUI("swagger", ConfigurePage).AsOpen();
    }

    private static void ConfigurePage(SwaggerUIOptions page)
    {
        page.DocumentTitle = "SeqServe";
        page.SwaggerEndpoint("/swagger/v1/swagger.json", "SeqServe v1");
        page.EnableDeepLinking();
        page.DisplayRequestDuration();
    }

    private static OpenApiSchema PromptInputsSchema()
    {
        var ids = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Integer }, MinItems = 1 };
        var schema = TextInputsSchema();
        schema.OneOf!.Add(ids);
        schema.OneOf.Add(new OpenApiSchema { Type = JsonSchemaType.Array, Items = ids, MinItems = 1 });
        return schema;
    }

    private static OpenApiSchema EmbeddingNumbersSchema() => new()
    {
        OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Number, Format = "float" } },
            new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
        ],
    };

    private static OpenApiSchema TextInputsSchema() => new()
    {
        OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String }, MinItems = 1 },
        ],
    };
}
