using SeqServe.Core.Batching;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Requests;

/// <summary>The header by which a caller says that a request may go before others or can wait.</summary>
internal static class RequestPriority
{
    public const string Header = "X-Priority";

    /// <summary>The request's class; normal without the header.</summary>
    /// <exception cref="ServingException">The header names no class.</exception>
    public static RowPriority Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out var value))
            return RowPriority.Normal;
        string? name = value;
        return name?.ToLowerInvariant() switch
        {
            "high" => RowPriority.High,
            "normal" => RowPriority.Normal,
            "low" => RowPriority.Low,
            _ => throw ServingException.ForField(ServingErrorCode.InvalidRequest, Header, "must be high, normal or low"),
        };
    }
}
