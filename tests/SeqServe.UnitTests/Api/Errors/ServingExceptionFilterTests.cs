using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;
using SeqServe.Api.Errors;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Errors;

public class ServingExceptionFilterTests
{
    private static readonly ServingException s_full = new(ServingErrorCode.Overloaded, "Full.") { RetryAfter = TimeSpan.FromSeconds(2) };

    [Fact]
    public async Task OnException_OfTheServer_AnswersItWithoutTheActionsHeaders()
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream(), Headers = { CacheControl = "no-cache" } } };

        var handled = await PassAsync(context, s_full);

        Assert.True(handled.ExceptionHandled);
        Assert.IsType<EmptyResult>(handled.Result);
        Assert.Equal(
            (429, "application/problem+json", "2"),
            (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.RetryAfter.ToString()));
        Assert.False(context.Response.Headers.ContainsKey("Cache-Control"));
        Assert.Same(ProblemKinds.Overloaded, context.Features.Get<ProblemKind>());
    }

    [Fact]
    public async Task OnException_ThatIsUnexpected_GoesOnToWhereItIsLogged() =>
        Assert.False((await PassAsync(new DefaultHttpContext(), new InvalidOperationException())).ExceptionHandled);

    [Fact]
    public async Task OnException_AfterTheAnswerHasBegun_GoesOn()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseFeature>(new StartedResponse());

        Assert.False((await PassAsync(context, s_full)).ExceptionHandled);
    }

    private static async Task<ExceptionContext> PassAsync(HttpContext context, Exception exception)
    {
        var passed = new ExceptionContext(new ActionContext(context, new RouteData(), new ActionDescriptor()), []) { Exception = exception };
        await new ServingExceptionFilter().OnExceptionAsync(passed);
        return passed;
    }

    private sealed class StartedResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }
}
