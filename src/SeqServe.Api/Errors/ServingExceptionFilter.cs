using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Errors;

/// <summary>
/// Answers a controller's <see cref="ServingException"/> where it leaves the action: each frame that an exception passes on its way to the exception middleware
/// costs as much as the answer. What is unexpected goes on to the middleware, which logs it.
/// </summary>
internal sealed class ServingExceptionFilter : IAsyncExceptionFilter
{
    public async Task OnExceptionAsync(ExceptionContext context)
    {
        var response = context.HttpContext.Response;
        if (context.Exception is not ServingException e || response.HasStarted)
            return;
        // Headers that the action has set belong to the answer that it did not give.
        response.Clear();
        await FailureWriter.WriteAsync(context.HttpContext, Failure.Of(e));
        context.ExceptionHandled = true;
        context.Result = new EmptyResult();
    }
}
