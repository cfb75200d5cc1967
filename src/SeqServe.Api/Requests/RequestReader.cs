using System.Globalization;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Json;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling;

namespace SeqServe.Api.Requests;

/// <summary>What every facade reads of a request in the same way: headers, texts and prompts, within the limits of the configuration.</summary>
public sealed class RequestReader(IOptions<SeqServeOptions> options)
{
    /// <summary>Most texts of a request.</summary>
    internal int MaxInputs => options.Value.MaxClientBatch;

    /// <summary>The time the caller gives, else the configured one, else null for any.</summary>
    /// <exception cref="ServingException">The header is no whole number in range.</exception>
    internal TimeSpan? Timeout(HttpContext context) => TimeoutHeader.Read(context.Request) ?? options.Value.RequestTimeout;

    /// <summary>The class of the request; normal without the header.</summary>
    /// <exception cref="ServingException">The header names no class.</exception>
    internal static RowPriority Priority(HttpContext context) => RequestPriority.Read(context.Request);

    /// <summary>The texts of a request.</summary>
    /// <param name="inputs">The field as it was read, or null when it is missing.</param>
    /// <param name="field">Its name.</param>
    /// <exception cref="ServingException">There are none, or too many.</exception>
    internal TextInputs Texts(TextInputs? inputs, string field)
    {
        if (inputs is null)
            throw Refuse(field, "is missing; add a string or an array of strings");
        Count(inputs.Count, "texts", field);
        return inputs;
    }

    /// <summary>The prompts of a request.</summary>
    /// <param name="prompts">The field as it was read, or null when it is missing.</param>
    /// <param name="field">Its name.</param>
    /// <exception cref="ServingException">There are none, or too many.</exception>
    internal PromptSet Prompts(PromptInputs? prompts, string field)
    {
        if (prompts is null)
            throw Refuse(field, "is missing; add a string, an array of strings, an array of token ids or an array of such arrays");
        Count(prompts.Count, "prompts", field);
        return new PromptSet(prompts.Prompts, prompts.IsSingle, field);
    }

    private void Count(int count, string what, string field)
    {
        if (count == 0)
            throw Refuse(field, "is an empty array; send at least one text");
        if (count > MaxInputs)
            throw Refuse(field, $"holds {count} {what}, at most {MaxInputs} are taken; send several requests");
    }

    private static ServingException Refuse(string field, string message) => ServingException.ForField(ServingErrorCode.InvalidRequest, field, message);
}

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

internal static class ServedRequestFeature
{
    /// <summary>What is known of the current request; one object per request, seen by controller and middleware.</summary>
    public static ServedRequest Served(this HttpContext context)
    {
        if (context.Features.Get<ServedRequest>() is { } served)
            return served;
        served = new ServedRequest();
        context.Features.Set(served);
        return served;
    }
}

/// <summary>The header by which a caller names a request; the name is also the request's identifier in the log.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";
    private const int MaxCharacters = 128;

    /// <summary>The identifier of a request: the caller's, where it is usable.</summary>
    public static string Of(HttpContext context)
    {
        string? sent = context.Request.Headers[Header];
        return IsUsable(sent) ? sent! : context.TraceIdentifier;
    }

    // What goes back into a header and into a log line must be short and visible ASCII.
    private static bool IsUsable(string? id) => id is { Length: > 0 and <= MaxCharacters } && id.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
}
