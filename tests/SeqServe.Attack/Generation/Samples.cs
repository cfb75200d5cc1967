using System.Text.Json.Nodes;
using SeqServe.Attack.Server;

namespace SeqServe.Attack.Generation;

/// <summary>Requests in their right form, one kind a route: what malformations start from.</summary>
internal sealed class Samples
{
    private static readonly string[] s_texts =
    [
        "A dull, lifeless mess.", "This film is a quiet, moving triumph.", "a", "The clouds are in the", "Où est la gare ?", "日本語のテキスト", "👍👩‍👩‍👧",
        "e\u0301 combining \u200b\u202e marks", "1234567890 !?.,;:", "Where is the station? It is over there. Take the second street.",
    ];

    private static readonly string[] s_classifiers = ["sentiment-gru", "sentiment-lstm", "sentiment-rnn", "sentiment-transformer", "intent-gru", "language-id"];
    private static readonly string[] s_languageModels = ["lm-gru", "lm-lstm", "lm-rnn", "lm-transformer"];

    private static readonly string[] s_reads =
    [
        "/v1/models", "/v1/models/sentiment-gru", "/health/live", "/health/ready", "/health/startup", "/metrics", "/swagger/v1/swagger.json",
        "/swagger/index.html", "/languages", "/frontend/settings", "/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/stats",
        "/v2/models/attack-twice", "/v2/models/sentiment-gru/versions/1", "/v2/models/sentiment-gru/ready", "/v2/models/attack-twice/config",
        "/v2/models/attack-twice/stats", "/v2/models/lm-gru/versions/1/ready",
    ];

    // The model that these may harm is there for them.
    private static readonly string[] s_admin =
    [
        "/v1/models/" + AttackModels.Spare + "/load", "/v1/models/" + AttackModels.Spare + "/unload",
        "/v2/repository/models/" + AttackModels.Spare + "/load", "/v2/repository/models/" + AttackModels.Spare + "/unload",
    ];

    private readonly Func<Dice, HttpDraft>[] _bodies;
    private readonly OpenApiRoute[] _documented;

    /// <param name="documented">The server's OpenAPI document.</param>
    public Samples(IReadOnlyList<OpenApiRoute> documented)
    {
        _documented = [.. documented.Where(route => route.Fields.Count > 0)];
        _bodies = [Classify, Translate, NextToken, Completions, Score, LibreTranslate, Detect, Index, Infer, Infer, Infer];
    }

    /// <summary>A text of a few words.</summary>
    public static string Text(Dice dice) => dice.Pick(s_texts);

    /// <summary>A request of any route.</summary>
    public HttpDraft Any(Dice dice) => dice.Below(10) switch
    {
        0 or 1 or 2 => HttpDraft.Get(dice.Pick(s_reads)),
        3 when dice.Chance(20) => HttpDraft.Json(dice.Pick(s_admin), "{}"),
        _ => WithJson(dice),
    };

    /// <summary>A request whose body is JSON.</summary>
    public HttpDraft WithJson(Dice dice)
    {
        if (_documented.Length == 0 || !dice.Chance(25))
            return dice.Pick(_bodies)(dice);
        var route = dice.Pick(_documented);
        var body = new JsonObject();
        foreach (var (name, example) in route.Fields)
        {
            if (name is "inputs" or "prompt" || dice.Chance(40))
                body[name] = example.DeepClone();
        }

        return HttpDraft.Json(route.Path.Replace("{name}", AttackModels.Spare, StringComparison.Ordinal), body.ToJsonString());
    }

    /// <summary>A request that is answered with 2xx.</summary>
    public static HttpDraft Valid(Dice dice)
    {
        var draft = dice.Below(8) switch
        {
            0 => Classify(dice),
            1 => Translate(dice),
            2 => NextToken(dice),
            3 => Completions(dice),
            4 => Score(dice),
            5 => Detect(dice),
            6 => HttpDraft.Get(dice.Pick(s_reads)),
            _ => Infer(dice),
        };
        draft.Expectation = Expectation.Success;
        return draft;
    }

    private static HttpDraft Classify(Dice dice)
    {
        var body = new JsonObject { ["inputs"] = Inputs(dice), ["model"] = dice.Pick(s_classifiers) };
        if (dice.Chance(30))
            body["top_k"] = dice.Between(1, 2);
        if (dice.Chance(20))
            body["truncate"] = true;
        if (dice.Chance(10))
            body["explain"] = true;
        return HttpDraft.Json("/v1/classify", body.ToJsonString());
    }

    private static HttpDraft Translate(Dice dice)
    {
        var body = new JsonObject { ["inputs"] = Inputs(dice), ["source"] = "en", ["target"] = dice.Pick("fr", "de"), ["max_tokens"] = dice.Between(1, 12) };
        // Results of beam search are not streamed.
        if (dice.Chance(20))
            body["beam_size"] = dice.Between(1, 3);
        else if (dice.Chance(20))
            body["stream"] = true;
        return HttpDraft.Json("/v1/translate", body.ToJsonString());
    }

    private static HttpDraft NextToken(Dice dice) => HttpDraft.Json("/v1/next-token", new JsonObject
    {
        ["inputs"] = dice.Chance(30) ? new JsonArray(5, 6, 7) : "The clouds are in the",
        ["model"] = dice.Pick(s_languageModels),
        ["top_k"] = dice.Between(1, 9),
    }.ToJsonString());

    private static HttpDraft Completions(Dice dice) => HttpDraft.Json("/v1/completions", new JsonObject
    {
        ["prompt"] = "The clouds are in the",
        ["model"] = dice.Pick(s_languageModels),
        ["max_tokens"] = dice.Between(1, 6),
        ["temperature"] = dice.Between(0, 2),
        ["stream"] = dice.Chance(30),
    }.ToJsonString());

    private static HttpDraft Score(Dice dice) =>
        HttpDraft.Json("/v1/score", new JsonObject { ["inputs"] = Inputs(dice), ["model"] = dice.Pick(s_languageModels) }.ToJsonString());

    private static HttpDraft LibreTranslate(Dice dice) =>
        HttpDraft.Json("/translate", new JsonObject { ["q"] = Text(dice), ["source"] = dice.Pick("en", "auto"), ["target"] = "fr" }.ToJsonString());

    private static HttpDraft Detect(Dice dice) => HttpDraft.Json("/detect", new JsonObject { ["q"] = Text(dice) }.ToJsonString());

    private static HttpDraft Index(Dice dice) => HttpDraft.Json("/v2/repository/index", dice.Chance(50) ? "{}" : """{"ready": true}""");

    private static HttpDraft Infer(Dice dice)
    {
        if (dice.Chance(20))
        {
            var text = new JsonObject { ["name"] = "text", ["datatype"] = "BYTES", ["shape"] = new JsonArray(1), ["data"] = new JsonArray(Text(dice)) };
            return HttpDraft.Json($"/v2/models/{dice.Pick(s_classifiers)}/infer", new JsonObject { ["inputs"] = new JsonArray(text) }.ToJsonString());
        }

        var (model, inputs) = TensorSample.Pick(dice);
        var json = new JsonObject { ["inputs"] = new JsonArray([.. inputs.Select(input => input.ToJson())]) };
        if (dice.Chance(20))
            json["id"] = "attack";
        return HttpDraft.Json($"/v2/models/{model}/infer", json.ToJsonString());
    }

    private static JsonNode Inputs(Dice dice) =>
        dice.Chance(60) ? Text(dice) : new JsonArray([.. Enumerable.Range(0, dice.Between(1, 4)).Select(_ => JsonValue.Create(Text(dice)))]);
}
