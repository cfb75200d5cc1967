using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using SeqServe.Api.Errors;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades;

/// <summary>
/// Calls actions of controllers as the framework calls route handlers. Routes, metadata and documentation are MVC's; its invoker is left out, since actions
/// read their bodies and write their answers themselves, and what it adds to that costs 5 % of the answers a second at 64 clients
/// (tests/SeqServe.Benchmarks/results/controllers.md).
/// </summary>
internal static class ControllerActions
{
    /// <summary>Maps all controllers.</summary>
    public static void MapControllerActions(this IEndpointRouteBuilder routes) => routes.MapControllers().Add(Call);

    /// <summary>Has an endpoint of an action call it; other endpoints stay as they are.</summary>
    /// <exception cref="InvalidOperationException">The action returns something.</exception>
    internal static void Call(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<ControllerActionDescriptor>().FirstOrDefault() is not { } action)
            return;
        // The result of another action would be dropped, or written as JSON that no contract describes.
        if (action.MethodInfo.ReturnType != typeof(Task))
            throw new InvalidOperationException($"{action.DisplayName} must return {nameof(Task)}: an action writes its answer itself.");
        var routeParameters = ((RouteEndpointBuilder)endpoint).RoutePattern.Parameters.Select(parameter => parameter.Name);
        var handler = Handler(action, routeParameters, endpoint.ApplicationServices);
        endpoint.RequestDelegate = context => AnswerAsync(handler, context);
    }

    // All that controllers take lives as long as the server, so that they need no scope of the request.
    private static RequestDelegate Handler(ControllerActionDescriptor action, IEnumerable<string> routeParameters, IServiceProvider services)
    {
        var make = ActivatorUtilities.CreateFactory(action.ControllerTypeInfo, Type.EmptyTypes);
        return RequestDelegateFactory.Create(action.MethodInfo, Controller, new RequestDelegateFactoryOptions
        {
            ServiceProvider = services,
            RouteParameterNames = routeParameters,
        }).RequestDelegate;

        object Controller(HttpContext context)
        {
            var controller = (ControllerBase)make(services, null);
            controller.ControllerContext.HttpContext = context;
            return controller;
        }
    }

    // A refusal is answered where it leaves the action: each frame that an exception passes on its way to the exception middleware costs as much as the
    // answer. What is unexpected goes on to the middleware, which logs it.
    private static async Task AnswerAsync(RequestDelegate handler, HttpContext context)
    {
        try
        {
            await handler(context);
        }
        catch (Exception e) when (IsRefusal(e, context) && !context.Response.HasStarted)
        {
            // Headers that the action has set belong to the answer that it did not give.
            context.Response.Clear();
            await FailureWriter.WriteAsync(context, Failure.Of(e));
        }
    }

    // A body that breaks off is no refusal: its caller has left.
    private static bool IsRefusal(Exception exception, HttpContext context) =>
        exception is ServingException || (exception is BadHttpRequestException && !CallerLeft.Caused(exception, context));
}
