using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Facades;

public sealed class ControllerActionsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddSingleton(new Greeting("Hello, ")).BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Call_ActionWithARouteValue_GivesItTheValueTheRequestAndTheServersServices()
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.RouteValues["name"] = "Ada";

        await CallAsync(nameof(TestController.Greet), context);

        Assert.Equal("Hello, Ada", context.Response.Headers["X-Greeting"]);
    }

    [Fact]
    public void Call_ActionThatReturnsSomething_SaysWhatToChange()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => ControllerActions.Call(Endpoint(nameof(TestController.Result))));

        Assert.Contains("must return Task", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_EndpointThatIsNoAction_LeavesItsHandler()
    {
        RequestDelegate handler = static _ => Task.CompletedTask;
        var endpoint = new RouteEndpointBuilder(handler, RoutePatternFactory.Parse("/health"), 0);

        ControllerActions.Call(endpoint);

        Assert.Same(handler, endpoint.RequestDelegate);
    }

    [Fact]
    public async Task Call_ActionThatRefuses_AnswersTheRefusalWithoutTheActionsHeaders()
    {
        var context = Context();

        await CallAsync(nameof(TestController.Refuse), context);

        Assert.Equal(
            (429, "application/problem+json", "2"),
            (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.RetryAfter.ToString()));
        Assert.False(context.Response.Headers.ContainsKey("Cache-Control"));
        Assert.Same(ProblemKinds.Overloaded, context.Features.Get<ProblemKind>());
    }

    [Fact]
    public async Task Call_ActionWhoseBodyCannotBeRead_AnswersItsStatus()
    {
        var context = Context();

        await CallAsync(nameof(TestController.Misread), context);

        Assert.Equal(415, context.Response.StatusCode);
        Assert.Same(ProblemKinds.UnsupportedMediaType, context.Features.Get<ProblemKind>());
    }

    [Fact]
    public Task Call_ActionWhoseCallerHasLeft_LeavesTheFaultToTheMiddleware()
    {
        var context = Context();
        context.RequestAborted = new CancellationToken(canceled: true);

        return Assert.ThrowsAsync<BadHttpRequestException>(() => CallAsync(nameof(TestController.Misread), context));
    }

    [Fact]
    public Task Call_ActionThatFailsUnexpectedly_LeavesTheFaultToTheMiddlewareThatLogsIt() =>
        Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(nameof(TestController.Fail), Context()));

    [Fact]
    public Task Call_ActionThatRefusesAfterItsAnswerHasBegun_LeavesTheFaultToTheMiddleware()
    {
        var context = Context();
        context.Features.Set<IHttpResponseFeature>(new StartedResponse());

        return Assert.ThrowsAsync<ServingException>(() => CallAsync(nameof(TestController.RefuseLate), context));
    }

    private DefaultHttpContext Context() => new() { RequestServices = _services, Response = { Body = new MemoryStream() } };

    private Task CallAsync(string action, HttpContext context)
    {
        var endpoint = Endpoint(action);
        ControllerActions.Call(endpoint);
        return endpoint.RequestDelegate!(context);
    }

    private RouteEndpointBuilder Endpoint(string action) => new(null, RoutePatternFactory.Parse("/greet/{name?}"), 0)
    {
        ApplicationServices = _services,
        Metadata =
        {
            new ControllerActionDescriptor
            {
                DisplayName = action,
                ControllerTypeInfo = typeof(TestController).GetTypeInfo(),
                MethodInfo = typeof(TestController).GetMethod(action)!,
            },
        },
    };

    private sealed record Greeting(string Words);

    // Not found as a controller of the server: it is nested and private. Actions are methods of an instance, whether they use it or not.
    [SuppressMessage("Performance", "CA1822")]
    private sealed class TestController(Greeting greeting) : ControllerBase
    {
        private static readonly ServingException s_full = new(ServingErrorCode.Overloaded, "Full.") { RetryAfter = TimeSpan.FromSeconds(2) };

        public Task Greet(string name)
        {
            Response.Headers["X-Greeting"] = greeting.Words + name;
            return Task.CompletedTask;
        }

        public OkResult Result() => Ok();

        public Task Refuse()
        {
            Response.Headers.CacheControl = "no-cache";
            return RefuseLate();
        }

        public Task RefuseLate() => Task.FromException(s_full);

        public Task Misread() => Task.FromException(new BadHttpRequestException("The body is not JSON.", 415));

        public Task Fail() => Task.FromException(new InvalidOperationException());
    }

    private sealed class StartedResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }
}
