using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Json;
using SeqServe.Api.Requests;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling;

namespace SeqServe.UnitTests.Api.Requests;

public class RequestReaderTests
{
    private static readonly TimeSpan s_configured = TimeSpan.FromSeconds(7);

    private readonly RequestReader _reader = new(Options.Create(new SeqServeOptions { MaxClientBatch = 2, RequestTimeout = s_configured }));

    [Fact]
    public void Timeout_WithoutTheHeader_IsTheConfiguredOne() => Assert.Equal(s_configured, _reader.Timeout(new DefaultHttpContext()));

    [Fact]
    public void Timeout_WithTheHeader_IsTheCallers() =>
        Assert.Equal(TimeSpan.FromMilliseconds(250), _reader.Timeout(new DefaultHttpContext { Request = { Headers = { ["X-Request-Timeout-Ms"] = "250" } } }));

    [Fact]
    public void Priority_WithTheHeader_IsTheCallers() =>
        Assert.Equal(RowPriority.Low, RequestReader.Priority(new DefaultHttpContext { Request = { Headers = { ["X-Priority"] = "low" } } }));

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData(0, "is an empty array")]
    [InlineData(3, "holds 3 texts, at most 2")]
    public void Texts_ThatAreNoneOrTooMany_AreRefusedByTheNameOfTheirField(int? count, string part)
    {
        var inputs = count is { } number ? new TextInputs([], false, number) : null;

        var refusal = Assert.Throws<ServingException>(() => _reader.Texts(inputs, "field"));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains(part, refusal.FieldErrors!["field"][0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData(0, "is an empty array")]
    [InlineData(3, "holds 3 prompts, at most 2")]
    public void Prompts_ThatAreNoneOrTooMany_AreRefusedByTheNameOfTheirField(int? count, string part)
    {
        var prompts = count is { } number ? new PromptInputs([], false, number) : null;

        var refusal = Assert.Throws<ServingException>(() => _reader.Prompts(prompts, "field"));

        Assert.Contains(part, refusal.FieldErrors!["field"][0], StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_Within_KeepTheirField()
    {
        var prompts = _reader.Prompts(new PromptInputs([Prompt.OfText("a"), Prompt.OfText("b")], false, 2), "prompt");

        Assert.Equal("prompt[1]", prompts.FieldOf(1));
    }
}
