using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Diagnostics;
using SeqServe.Api.Documentation;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.Native;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Rest;
using SeqServe.Api.Hosting;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Admission;
using SeqServe.Api.Security;

namespace SeqServe.Api.Pipeline;

/// <summary>The pipeline, outermost first.</summary>
internal static class SeqServeApplicationExtensions
{
    public static WebApplication UseSeqServe(this WebApplication app)
    {
        app.Services.CheckStart();
        // First of all: it tells which queue a request is for, and which shape its failure has.
        app.UseRouting();
        app.UseMiddleware<AdmissionMiddleware>();
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<RequestLogMiddleware>();
        app.UseMiddleware<ServingMiddleware>();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask });
        app.UseStatusCodePages(DescribeStatus);
        // Only where a route has a policy: the middleware opens a service scope for every request.
        app.UseWhen(context => context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() is not null, routes => routes.UseCors());
        app.UseMiddleware<ApiKeyMiddleware>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase), pages => pages.UseSwagger().UseSwaggerUI(SwaggerSetup.ConfigurePage));
        ClassifyEndpoint.Map(app);
        app.MapOpenInference();
        app.MapControllers();
        app.MapSeqServeGrpc();
        app.MapSeqServeHealth();
        app.MapSeqServeMetrics();
        app.MapGet("/", () => Results.Redirect("/swagger")).ExcludeFromDescription();
        return app;
    }

    // Statuses that the framework sets without a body: no route, wrong method, wrong media type.
    private static Task DescribeStatus(StatusCodeContext context)
    {
        var kind = ProblemKinds.OfStatus(context.HttpContext.Response.StatusCode);
        return FailureWriter.WriteAsync(context.HttpContext, new Failure(kind, kind.Example));
    }
}
