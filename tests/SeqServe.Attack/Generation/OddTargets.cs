namespace SeqServe.Attack.Generation;

/// <summary>Changes the first line of a request: method, path, query, version.</summary>
internal static class OddTargets
{
    private static readonly string[] s_pieces =
    [
        "%00", "%2e%2e%2f", "..%5c", "/../", "//", "/./", "%ff", "%c0%af", "%", "%zz",
        "?", "?a=b&a=c", "?%00", "#", ";a=b", "\u00e9", "%0d%0aX: y", "*", "\\", "%u0041",
        "?q=" + "x", "/%20", "~", "'", "<script>", "{name}", "+", "@", ":80", "%25%32%35", ".json", "/", "%e2%80%ae", "?format=xml", "\t",
    ];

    private static readonly string[] s_methods =
    [
        "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "post", "PRI", "PROPFIND", "", "P\u0000ST", "GET GET", "POST\t", "\u00e9", "A",
        "M-SEARCH", "QUERY",
    ];

    private static readonly string[] s_versions =
        ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "http/1.1", "", "HTTP/1.1 ", "HTTP/1.10", "RTSP/1.0", "HTTP/3"];

    private static readonly string[] s_names =
    [
        "", ".", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "nope", "CON", "a%20b", "%F0%9F%92%A9", "-", "null", "attack-spare%00", "attack-spare/",
        "ATTACK-SPARE", "0", "%25s%25n", "sentiment-gru%2f1", "models", "stats",
    ];

    private static readonly string[] s_templates =
    [
        "/v1/models/{0}", "/v1/models/{0}/load", "/v1/models/{0}/unload", "/v2/models/{0}", "/v2/models/{0}/infer", "/v2/models/{0}/versions/{1}/infer",
        "/v2/models/{0}/versions/{1}", "/v2/models/{0}/ready", "/v2/models/{0}/versions/{1}/ready", "/v2/models/{0}/config", "/v2/models/{0}/stats",
        "/v2/repository/models/{0}/load", "/v2/repository/models/{0}/unload", "/v2/models/{0}/generate", "/health/{0}", "/swagger/{0}",
        "/swagger/{0}/swagger.json",
        "/{0}", "/v1/{0}", "/v2/{0}", "/languages/{0}", "/v2/trace/setting", "/v2/systemsharedmemory/status",
    ];

    private static readonly string[] s_versionsOfModels = ["1", "0", "-1", "99999999999999999999", "2147483648", "1.0", "latest", "%31", "", "+1", " 1", "٣"];

    /// <summary>Changes the line.</summary>
    public static void Change(HttpDraft draft, Dice dice)
    {
        draft.Expectation = Expectation.NoFault;
        switch (dice.Below(6))
        {
            case 0:
                draft.Method = dice.Pick(s_methods);
                break;
            case 1:
                draft.Version = dice.Pick(s_versions);
                break;
            case 2:
                draft.Target += dice.Chance(80) ? dice.Pick(s_pieces) : new string(dice.Pick('a', '/', '%', '?'), dice.Size(40_000));
                break;
            case 3:
                draft.Target = draft.Target.Insert(dice.Below(draft.Target.Length), dice.Pick(s_pieces));
                break;
            case 4:
                draft.Target = dice.Pick(
                    "*", "http://evil.example/v1/models", "https://a:b@c/", "v1/models", "", "/" + draft.Target, draft.Target.ToUpperInvariant());
                break;
            default:
                draft.Target = dice.Pick(s_templates)
                    .Replace("{0}", dice.Pick(s_names), StringComparison.Ordinal)
                    .Replace("{1}", dice.Pick(s_versionsOfModels), StringComparison.Ordinal);
                if (dice.Chance(50))
                    draft.Method = "GET";
                break;
        }

        draft.Finish = Finish.HalfClose;
        // A length without a method that has a body is kept: servers must not take the body for the next request.
        if (draft.Method is "GET" or "HEAD" && dice.Chance(70))
            draft.Body = [];
    }
}
