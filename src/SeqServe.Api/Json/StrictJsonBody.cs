using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Json;

/// <summary>Reads a JSON body strictly, and says what is wrong with it in the caller's words.</summary>
public sealed class StrictJsonBody(IOptions<SeqServeOptions> options)
{
    private readonly long _maxBytes = options.Value.MaxRequestBytes;

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="ServingException">It is too large, no JSON, or not of this type.</exception>
    /// <exception cref="BadHttpRequestException">Its media type is none of JSON's, it is compressed, or it cannot be read.</exception>
    public async ValueTask<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var request = context.Request;
        // Routing refuses other media types; none at all it lets pass. Compared first, since the framework parses the header anew.
        if (request.ContentType != JsonAnswers.MediaType && !request.HasJsonContentType())
            throw new BadHttpRequestException("The body is not JSON.", StatusCodes.Status415UnsupportedMediaType);
        if (request.Headers.ContentEncoding.Count > 0)
            throw new BadHttpRequestException("The body is compressed.", StatusCodes.Status415UnsupportedMediaType);
        if (request.ContentLength > _maxBytes)
            throw TooLarge();
        var read = await ReadAllAsync(request.BodyReader, context.RequestAborted);
        try
        {
            return Parse(read.Buffer, type);
        }
        finally
        {
            request.BodyReader.AdvanceTo(read.Buffer.End);
        }
    }

    private async ValueTask<ReadResult> ReadAllAsync(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadBodyAsync(cancellation);
            if (read.Buffer.Length > _maxBytes)
            {
                // Given back, so that the web server can drain the rest of the body.
                body.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            if (read.IsCompleted)
                return read;
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static T Parse<T>(ReadOnlySequence<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
            return JsonSerializer.Deserialize(ref reader, type) is { } value && IsAtEnd(ref reader) ? value : throw new JsonException(null, "$", null, null);
        }
        catch (JsonException e)
        {
            throw JsonFaults.Describe(e, type);
        }
    }

    // Anything but white space behind the value makes the reader throw.
    private static bool IsAtEnd(ref Utf8JsonReader reader) => !reader.Read();

    private ServingException TooLarge() => new(
        ServingErrorCode.PayloadTooLarge, $"The body is larger than the {_maxBytes} bytes this server takes; send fewer or shorter inputs.");
}
