using Microsoft.AspNetCore.Http;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Requests;

public class TimeoutHeaderTests
{
    [Fact]
    public void Read_NoHeader_IsNone() => Assert.Null(TimeoutHeader.Read(Request()));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("3600000", 3_600_000)]
    public void Read_Milliseconds_IsATimeSpan(string value, int milliseconds) =>
        Assert.Equal(milliseconds, TimeoutHeader.Read(Request(value))!.Value.TotalMilliseconds);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("3600001")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData(" 5")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    [InlineData("5", "6")]
    public void Read_OtherValue_NamesTheHeader(params string[] values)
    {
        var refusal = Assert.Throws<ServingException>(() => TimeoutHeader.Read(Request(values)));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal([TimeoutHeader.Header], refusal.FieldErrors!.Keys);
    }

    private static HttpRequest Request(params string[] values)
    {
        var context = new DefaultHttpContext();
        if (values.Length > 0)
            context.Request.Headers[TimeoutHeader.Header] = values;
        return context.Request;
    }
}
