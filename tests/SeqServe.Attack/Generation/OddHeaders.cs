using System.Globalization;

namespace SeqServe.Attack.Generation;

/// <summary>Changes what stands before the body: media types, encodings, lengths, ids, deadlines, hosts.</summary>
internal static class OddHeaders
{
    private static readonly string[] s_types =
    [
        "text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=nope", "multipart/form-data", "application/json;;;=",
        "application/problem+json", "*/*", "", " ", "application/octet-stream", "application/x-www-form-urlencoded", "application/grpc", "a", "\u00e9/\u00e9",
        "multipart/form-data; boundary=", "application/json, text/plain", "APPLICATION/JSON", "application/vnd.api+json",
    ];

    private static readonly string[] s_encodings = ["gzip", "br", "deflate", "identity", "gzip, gzip", "nope", "", "chunked"];

    private static readonly string[] s_lengths =
        ["0", "1", "-1", "+5", "5, 5", "0x10", "9223372036854775807", "9223372036854775808", "99999999999999999999", "abc", "", "1e3", " 7 ", "67108864"];

    private static readonly string[] s_times = ["1", "0", "-1", "abc", "1e9", "2147483648", "9223372036854775807", "1.5", "", "00:00:01", "50", "١"];

    private static readonly string[] s_words =
    [
        "", "a", "\u001b[2J", "\t", "\u0001", "\u007f", "a\u00a0b", "\u202e", "%0d%0a", "null", "-1", "../../etc/passwd", "{{7*7}}", "\u00ff", "\"",
        "high", "low", "keep-alive", "close", "100-continue", "websocket", "h2c", "http://evil.example", "cross-site", "00-x-y-z",
        "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff", "Bearer x", "application/json;q=2", "\\", "0",
    ];

    private static readonly string[] s_names =
    [
        "X-Request-Id", "X-Priority", "traceparent", "tracestate", "baggage", "Accept", "Accept-Encoding", "Connection", "Expect", "Host", "Origin",
        "Sec-Fetch-Site", "Authorization", "X-Api-Key", "Range", "If-Match", "Cookie", "Upgrade", "Forwarded", "X-Forwarded-For", "Trailer", "TE",
        "Content-Language", "Content-Disposition", "X-HTTP-Method-Override", "Access-Control-Request-Method", "grpc-timeout", "HTTP2-Settings",
        ":path", "bad name", "Inference-Header-Content-Length",
    ];

    /// <summary>Changes one to three of them.</summary>
    public static void Change(HttpDraft draft, Dice dice)
    {
        draft.Expectation = Expectation.NoFault;
        for (var changes = dice.Between(1, 3); changes > 0; changes--)
            ChangeOne(draft, dice);
    }

    private static void ChangeOne(HttpDraft draft, Dice dice)
    {
        switch (dice.Below(10))
        {
            case 0:
                draft.Set("Content-Type", dice.Pick(s_types));
                break;
            case 1:
                draft.Set("Content-Encoding", dice.Pick(s_encodings));
                if (dice.Chance(50))
                    draft.Body = OddBytes.GZip(draft.Body);
                break;
            case 2:
                draft.Set("Content-Length", dice.Chance(70) ? dice.Pick(s_lengths) : Near(draft.Body.Length, dice));
                draft.Finish = Finish.HalfClose;
                break;
            case 3:
                draft.Set("Transfer-Encoding", dice.Pick("chunked", "gzip", "gzip, chunked", "chunked, chunked", "identity", "", "Chunked", "\u000bchunked"));
                draft.Finish = Finish.HalfClose;
                break;
            case 4:
                draft.Set("X-Request-Timeout-Ms", dice.Pick(s_times));
                break;
            case 5:
                draft.Set("X-Request-Id", dice.Chance(70) ? dice.Pick(s_words) : new string('i', dice.Size(20_000)));
                break;
            case 6:
                for (var i = dice.Size(300); i > 0; i--)
                    draft.Headers.Add((string.Create(CultureInfo.InvariantCulture, $"X-{i}"), dice.Pick(s_words)));
                draft.Finish = Finish.HalfClose;
                break;
            case 7:
                draft.Remove(dice.Pick("Host", "Content-Type"));
                break;
            case 8:
                draft.Headers.Add((dice.Pick(s_names), new string(dice.Pick('a', ',', ';', '%'), dice.Size(30_000))));
                draft.Finish = Finish.HalfClose;
                break;
            default:
                draft.Headers.Add((dice.Pick(s_names), dice.Pick(s_words)));
                draft.Finish = Finish.HalfClose;
                break;
        }
    }

    private static string Near(int length, Dice dice) => (length + dice.Between(-3, 3)).ToString(CultureInfo.InvariantCulture);
}
