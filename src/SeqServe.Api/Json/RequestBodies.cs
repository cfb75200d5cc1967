using System.IO.Pipelines;

namespace SeqServe.Api.Json;

/// <summary>Reads bodies so that whatever is wrong with their framing is the caller's fault.</summary>
internal static class RequestBodies
{
    /// <summary>As <see cref="PipeReader.ReadAsync"/>.</summary>
    /// <exception cref="BadHttpRequestException">The body cannot be read; the web server says so with other exceptions too, such as for a chunk whose length is
    /// no number that it can hold.</exception>
    public static ValueTask<ReadResult> ReadBodyAsync(this PipeReader body, CancellationToken cancellation)
    {
        var read = body.ReadAsync(cancellation);
        return read.IsCompletedSuccessfully ? read : AwaitAsync(read);
    }

    /// <summary>Reads a whole body into memory.</summary>
    /// <exception cref="BadHttpRequestException">As <see cref="ReadBodyAsync"/>.</exception>
    public static async Task<MemoryStream> ReadAllAsync(this HttpRequest request)
    {
        var whole = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(whole, request.HttpContext.RequestAborted);
            return whole;
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw Unreadable(e);
        }
    }

    private static async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return await read;
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw Unreadable(e);
        }
    }

    private static BadHttpRequestException Unreadable(IOException cause) => new(cause.Message, StatusCodes.Status400BadRequest, cause);
}
