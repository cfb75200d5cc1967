using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Net.Http.Headers;

namespace SeqServe.Api.Json;

/// <summary>Gives controllers their bodies through <see cref="StrictJsonBody"/>.</summary>
internal sealed class StrictJsonInputFormatter : InputFormatter
{
    private readonly StrictJsonBody _body;

    public StrictJsonInputFormatter(StrictJsonBody body)
    {
        _body = body;
        SupportedMediaTypes.Add(MediaTypeHeaderValue.Parse("application/json"));
        SupportedMediaTypes.Add(MediaTypeHeaderValue.Parse("application/*+json"));
    }

    /// <summary>Reads the body, an empty one too: the base class has words of its own for that.</summary>
    public override Task<InputFormatterResult> ReadAsync(InputFormatterContext context) => ReadRequestBodyAsync(context);

    public override async Task<InputFormatterResult> ReadRequestBodyAsync(InputFormatterContext context)
    {
        var type = ApiJson.Default.GetTypeInfo(context.ModelType)
            ?? throw new InvalidOperationException($"{context.ModelType} is not registered in {nameof(ApiJson)}.");
        return await InputFormatterResult.SuccessAsync(await _body.ReadAsync(context.HttpContext, type));
    }

    protected override bool CanReadType(Type type) => ApiJson.Default.GetTypeInfo(type) is not null;
}
