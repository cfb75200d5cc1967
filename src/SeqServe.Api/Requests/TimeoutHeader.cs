using System.Globalization;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Requests;

/// <summary>The header by which a caller says how long an answer is of use.</summary>
internal static class TimeoutHeader
{
    public const string Header = "X-Request-Timeout-Ms";
    private const int MaxMilliseconds = 3_600_000;

    /// <summary>The time the caller gives, or null.</summary>
    /// <exception cref="ServingException">The header is no whole number in range.</exception>
    public static TimeSpan? Read(HttpRequest request)
    {
        if (TryRead(request, out var time))
            return time;
        throw ServingException.ForField(ServingErrorCode.InvalidRequest, Header, $"must be a whole number of milliseconds in 1–{MaxMilliseconds}");
    }

    /// <summary>As <see cref="Read"/>, without an exception.</summary>
    /// <returns>False when the header is no whole number in range.</returns>
    public static bool TryRead(HttpRequest request, out TimeSpan? time)
    {
        time = null;
        if (!request.Headers.TryGetValue(Header, out var value))
            return true;
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds is < 1 or > MaxMilliseconds)
            return false;
        time = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
