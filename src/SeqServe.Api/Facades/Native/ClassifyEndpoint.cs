using Microsoft.AspNetCore.Http.Metadata;
using SeqServe.Api.Documentation;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.Api.Facades.Native;

/// <summary>
/// Many-to-one: one label for a text. No controller, since a classification may take less CPU than MVC's model binding and result pipeline around it.
/// </summary>
internal sealed class ClassifyEndpoint(SequenceClassifier classifier, ClassifyMapper mapper, StrictJsonBody body, JsonAnswers answers)
{
    private const string Json = "application/json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        routes.MapPost("/v1/classify", context => services.GetRequiredService<ClassifyEndpoint>().ClassifyAsync(context))
            .WithTags("Classification")
            .WithMetadata(
                typeof(ClassifyEndpoint).GetMethod(nameof(ClassifyAsync))!,
                new QueueAttribute(ModelTask.Classification, "classify"),
                new AcceptsMetadata([Json], typeof(ClassifyRequest)),
                new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(ClassifyResponse), [Json]));
    }

    /// <summary>Classifies one text or several.</summary>
    /// <remarks>
    /// A text's answer is the same whether it is sent alone or with others. If one text cannot be classified, the request fails and <c>errors</c> names it.
    /// </remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [TakesPriority]
    [ProducesInferenceProblems]
    public async Task ClassifyAsync(HttpContext context)
    {
        // Routing refuses other media types; none at all it lets pass.
        if (context.Request.ContentType != Json && !context.Request.HasJsonContentType())
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        try
        {
            var request = mapper.ToRequest((ClassifyRequest)await body.ReadAsync(context, NativeJson.Default.ClassifyRequest), context);
            var response = await classifier.ClassifyAsync(request, context.Served(), context.RequestAborted);
            await answers.WriteAsync(context.Response, ClassifyMapper.ToContract(response), NativeJson.Default.ClassifyResponse);
        }
        catch (ServingException e)
        {
            // Caught here and not by the exception middleware: each frame that an exception passes costs as much as the answer.
            await FailureWriter.WriteAsync(context, Failure.Of(e));
        }
    }
}
