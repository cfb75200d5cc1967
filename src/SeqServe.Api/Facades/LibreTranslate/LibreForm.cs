using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>
/// Reads a form. One of several parts is read here and not by the framework, which writes parts of files to the temporary folder: before anybody has asked for
/// a key, and with an error of the server's own where that folder is full or may not be written to.
/// </summary>
internal static class LibreForm
{
    private const int MaxFields = 1024;

    /// <summary>Reads the fields of a form. Its size is bounded by that of the body.</summary>
    /// <exception cref="ServingException">A part is a file.</exception>
    /// <exception cref="InvalidDataException">It is no form.</exception>
    /// <exception cref="IOException">It ends too early.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpRequest request)
    {
        var cancellation = request.HttpContext.RequestAborted;
        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? await ReadPartsAsync(request.Body, HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), cancellation)
            : await request.ReadFormAsync(cancellation);
    }

    private static async Task<IFormCollection> ReadPartsAsync(Stream body, string boundary, CancellationToken cancellation)
    {
        // Longer ones are against RFC 2046.
        if (boundary.Length is 0 or > 70)
            throw new InvalidDataException("The form has no boundary.");
        var reader = new MultipartReader(boundary, body);
        var fields = new KeyValueAccumulator();
        while (await reader.ReadNextSectionAsync(cancellation) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                throw new InvalidDataException("A part of the form has no name.");
            if (disposition.IsFileDisposition())
                throw new ServingException(ServingErrorCode.InvalidRequest, "Files are not taken; send their text in the field q.");
            fields.Append(HeaderUtilities.RemoveQuotes(disposition.Name).ToString(), await section.ReadAsStringAsync(cancellation));
            if (fields.ValueCount > MaxFields)
                throw new InvalidDataException("The form has too many fields.");
        }

        return new FormCollection(fields.GetResults());
    }
}
