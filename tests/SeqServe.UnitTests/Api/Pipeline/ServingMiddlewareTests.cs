using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Errors;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline;
using SeqServe.Core.Diagnostics;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Api.Pipeline;

public sealed class ServingMiddlewareTests
{
    [Theory]
    [InlineData(true, "deadline")]
    [InlineData(false, "cancelled")]
    public async Task Invoke_CallerThatHasLeft_IsCountedByTheDeadlineThatPassedBefore(bool isLate, string outcome)
    {
        var time = new FakeTimeProvider();
        using var meters = new TestMeterFactory();
        using var metrics = new ServingMetrics(meters);
        using var refusals = new RefusalLog(time, NullLogger<RefusalLog>.Instance);
        using var requests = new MetricCollector<long>(meters, ServingMetrics.MeterName, "seqserve.requests");
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) };
        context.SetEndpoint(new Endpoint(null, null, "route"));

        await new ServingMiddleware(
            context =>
            {
                context.Features.Set(isLate ? ProblemKinds.DeadlineExceeded : ProblemKinds.InvalidRequest);
                return Task.CompletedTask;
            },
            metrics,
            refusals,
            new TakenRequests(),
            time).InvokeAsync(context);

        Assert.Equal(outcome, Assert.Single(requests.GetMeasurementSnapshot()).Tags["outcome"]);
    }
}
