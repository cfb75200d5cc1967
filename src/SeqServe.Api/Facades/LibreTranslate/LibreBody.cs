using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Errors;
using SeqServe.Api.Json;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Reads a body as LibreTranslate's clients send it: JSON, or a form.</summary>
public sealed class LibreBody(IOptions<SeqServeOptions> options)
{
    internal Task<LibreTranslateRequest> ReadTranslateAsync(HttpRequest request) => ReadAsync(request, LibreJson.Default.LibreTranslateRequest, FromForm);

    internal Task<LibreDetectRequest> ReadDetectAsync(HttpRequest request) => ReadAsync(request, LibreJson.Default.LibreDetectRequest, form => FromForm(form));

    private async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, Func<IFormCollection, T> fromForm)
    {
        if (request.ContentLength > options.Value.MaxRequestBytes)
            throw TooLarge();
        // Bodies in chunks, whose length is known only when they have been read.
        if (request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.Value.MaxRequestBytes;
        try
        {
            if (request.HasFormContentType)
                return fromForm(await LibreForm.ReadAsync(request));
            if (request.HasJsonContentType())
                return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted) ?? throw Malformed(null);
        }
        // Not supported: a part of a form in UTF-7.
        catch (Exception e) when (e is JsonException or InvalidDataException or NotSupportedException || IsCutShort(e, request.HttpContext))
        {
            throw Malformed(e);
        }

        throw new ServingException(ServingErrorCode.InvalidRequest, "Send the body as JSON or as a form.");
    }

    // A form of several parts whose last boundary is missing, while the body itself came whole.
    private static bool IsCutShort(Exception fault, HttpContext context) =>
        fault is IOException and not BadHttpRequestException && !CallerLeft.Caused(fault, context);

    private static LibreTranslateRequest FromForm(IFormCollection form)
    {
        int? alternatives = null;
        if (form.TryGetValue("alternatives", out var text))
            alternatives = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new ServingException(ServingErrorCode.InvalidRequest, "alternatives must be a whole number.");
        return new LibreTranslateRequest
        {
            // A field that is given several times is an array.
            Q = form.TryGetValue("q", out var q) ? new TextInputs([.. q.Select(value => value ?? "")], q.Count == 1, q.Count) : null,
            Source = form["source"],
            Target = form["target"],
            Format = form["format"],
            Alternatives = alternatives,
            ApiKey = form["api_key"],
        };
    }

    private ServingException TooLarge() =>
        new(ServingErrorCode.PayloadTooLarge, $"The body is larger than the {options.Value.MaxRequestBytes} bytes this server takes; send less text.");

    private static ServingException Malformed(Exception? cause) => new(
        ServingErrorCode.InvalidRequest,
        "The body cannot be read: send a JSON object whose q is a string or an array of strings and whose source and target are language codes.",
        cause);
}
