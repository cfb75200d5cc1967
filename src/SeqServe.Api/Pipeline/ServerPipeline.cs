using Microsoft.AspNetCore.Cors.Infrastructure;
using SeqServe.Api.Documentation;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Admission;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Security;

namespace SeqServe.Api.Pipeline;

/// <summary>What a request passes, outermost first. The metadata of its route says how it is treated on its way.</summary>
internal static class ServerPipeline
{
    public static void UsePipeline(this WebApplication app)
    {
        app.UseRouting();
        app.UseMiddleware<UnmatchedRouteMiddleware>();
        app.UseMiddleware<AdmissionMiddleware>();
        app.UseMiddleware<AnswerHeadersMiddleware>();
        app.UseRequestLog();
        app.UseMiddleware<ServingMiddleware>();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask });
        // Statuses that the framework sets without a body: no route, wrong method, wrong media type.
        app.UseStatusCodePages(status => FailureWriter.WriteAsync(status.HttpContext, Failure.OfStatus(status.HttpContext.Response.StatusCode)));
        // Only where a route has a policy: the middleware opens a service scope for every request.
        app.UseWhen(context => context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() is not null, routes => routes.UseCors());
        app.UseMiddleware<CrossSiteMiddleware>();
        app.UseMiddleware<ApiKeyMiddleware>();

        app.MapFacades();
        app.MapSeqServeHealth();
        app.MapSeqServeMetrics();
        app.MapDocumentation();
        app.MapGet("/", () => Results.Redirect("/swagger")).ExcludeFromDescription().AsOpen();
    }
}
