using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using SeqServe.Api.Errors;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Errors;

public sealed class ServingExceptionHandlerTests
{
    [Fact]
    public async Task Handle_RefusalOfACallerWhoHasLeft_IsTheRefusalAndNoErrorOfTheServer()
    {
        var log = new FakeLogger<ServingExceptionHandler>();
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true), Response = { Body = new MemoryStream() } };
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new ProblemShape()), null));

        var isHandled = await new ServingExceptionHandler(log)
            .TryHandleAsync(context, new ServingException(ServingErrorCode.Overloaded, "Full."), context.RequestAborted);

        Assert.Equal((true, 429, 0), (isHandled, context.Response.StatusCode, log.Collector.Count));
    }
}
