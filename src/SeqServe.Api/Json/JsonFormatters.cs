using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Net.Http.Headers;

namespace SeqServe.Api.Json;

/// <summary>Gives controllers their bodies through <see cref="StrictJsonBody"/>.</summary>
internal sealed class StrictJsonInputFormatter : InputFormatter
{
    private readonly StrictJsonBody _body;
    private readonly JsonContracts _contracts;

    public StrictJsonInputFormatter(StrictJsonBody body, JsonContracts contracts)
    {
        _body = body;
        _contracts = contracts;
        SupportedMediaTypes.Add(MediaTypeHeaderValue.Parse("application/json"));
        SupportedMediaTypes.Add(MediaTypeHeaderValue.Parse("application/*+json"));
    }

    /// <summary>Reads the body, an empty one too: the base class has words of its own for that.</summary>
    public override Task<InputFormatterResult> ReadAsync(InputFormatterContext context) => ReadRequestBodyAsync(context);

    public override async Task<InputFormatterResult> ReadRequestBodyAsync(InputFormatterContext context)
    {
        var type = _contracts.Request(context.ModelType)
            ?? throw new InvalidOperationException($"{context.ModelType} is registered in no {nameof(FacadeJson)}.");
        return await InputFormatterResult.SuccessAsync(await _body.ReadAsync(context.HttpContext, type));
    }

    protected override bool CanReadType(Type type) => _contracts.Request(type) is not null;
}

/// <summary>Writes the contracts that controllers answer with through <see cref="JsonAnswers"/>.</summary>
internal sealed class ContractOutputFormatter : OutputFormatter
{
    private readonly JsonAnswers _answers;
    private readonly JsonContracts _contracts;

    public ContractOutputFormatter(JsonAnswers answers, JsonContracts contracts)
    {
        _answers = answers;
        _contracts = contracts;
        SupportedMediaTypes.Add(MediaTypeHeaderValue.Parse("application/json"));
    }

    public override Task WriteResponseBodyAsync(OutputFormatterWriteContext context) =>
        _answers.WriteAsync(context.HttpContext.Response, context.Object!, _contracts.Answer(context.Object!.GetType())!);

    protected override bool CanWriteType(Type? type) => type is not null && _contracts.Answer(type) is not null;
}
