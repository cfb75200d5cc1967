using Microsoft.AspNetCore.Http;
using SeqServe.Api.Requests;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Requests;

public class RequestPriorityTests
{
    [Theory]
    [InlineData(null, RowPriority.Normal)]
    [InlineData("high", RowPriority.High)]
    [InlineData("Normal", RowPriority.Normal)]
    [InlineData("LOW", RowPriority.Low)]
    public void Read_AClass_IsThatClass(string? header, RowPriority expected) => Assert.Equal(expected, Read(header));

    [Theory]
    [InlineData("")]
    [InlineData("urgent")]
    [InlineData("1")]
    public void Read_AnythingElse_IsRefused(string header) =>
        Assert.Equal(ServingErrorCode.InvalidRequest, Assert.Throws<ServingException>(() => Read(header)).Code);

    private static RowPriority Read(string? header)
    {
        var context = new DefaultHttpContext();
        if (header is not null)
            context.Request.Headers[RequestPriority.Header] = header;
        return RequestPriority.Read(context.Request);
    }
}
