using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.Files;

/// <summary>A tokenizer.json that is put together from other files.</summary>
internal sealed class ConvertedTokenizer
{
    private readonly Func<string, int?> _idOf;
    private readonly int _size;
    private readonly SortedDictionary<int, AddedTokenEntry> _added = [];
    private readonly Dictionary<string, int> _addedIds = [];

    /// <summary>Starts with a model.</summary>
    /// <param name="model">The model's part.</param>
    /// <param name="vocabulary">Its tokens and ids.</param>
    /// <param name="size">Number of its entries.</param>
    public ConvertedTokenizer(JsonObject model, Dictionary<string, int> vocabulary, int size)
        : this(token => vocabulary.TryGetValue(token, out var id) ? id : null) => (Model, _size) = (model, size);

    /// <summary>Takes the vocabulary of a tokenizer.json that is there.</summary>
    /// <param name="idOf">Gives a token's id, or null.</param>
    public ConvertedTokenizer(Func<string, int?> idOf) => _idOf = idOf;

    /// <summary>The model.</summary>
    public JsonObject Model { get; } = [];

    /// <summary>The normalizer, or null.</summary>
    public JsonObject? Normalizer { get; set; }

    /// <summary>The pre-tokenizer, or null.</summary>
    public JsonObject? PreTokenizer { get; set; }

    /// <summary>The post-processor, or null.</summary>
    public JsonObject? PostProcessor { get; set; }

    /// <summary>The decoder, or null.</summary>
    public JsonObject? Decoder { get; set; }

    /// <summary>Adds a token: it keeps the id that it has, or gets the next one (tokenizers, added_vocabulary.rs, add_tokens).</summary>
    public void Add(AddedTokenEntry token)
    {
        if (token.Content.Length == 0)
            return;
        var id = Find(token.Content) ?? (_added.Count > 0 ? Math.Max(_added.Keys.Last() + 1, _size) : _size);
        _added[id] = token;
        _addedIds[token.Content] = id;
    }

    /// <summary>Adds what a folder names: its added tokens by id, then the special ones that are none of them.</summary>
    public void Add(SpecialTokens special)
    {
        var texts = special.All.Select(t => t.Content).ToHashSet();
        foreach (var token in special.Added.Values)
            Add(token with { Special = token.Special || texts.Contains(token.Content) });
        foreach (var token in special.All.Where(t => !_addedIds.ContainsKey(t.Content)).ToArray())
            Add(token with { Special = true });
    }

    /// <summary>The id of a token.</summary>
    /// <exception cref="InvalidDataException">There is no such token.</exception>
    public int IdOf(string token) =>
        Find(token) ?? throw new InvalidDataException($"The vocabulary has no token '{token}', which the tokenizer puts around each text.");

    /// <summary>The pair that BertProcessing and RobertaProcessing want.</summary>
    public JsonArray WithId(string token) => [token, IdOf(token)];

    /// <summary>A TemplateProcessing.</summary>
    /// <param name="single">For one text: tokens, $A or $B, each with <c>:type</c> where that is not 0, with a space between.</param>
    /// <param name="pair">For two texts.</param>
    public JsonObject Template(string single, string pair)
    {
        var tokens = new JsonObject();
        var (one, two) = (Pieces(single, tokens), Pieces(pair, tokens));
        return PartJson.Part("TemplateProcessing", ("single", one), ("pair", two), ("special_tokens", tokens));
    }

    /// <summary>The whole.</summary>
    public JsonObject ToJson() => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. _added.Select(a => a.Value.ToJson(a.Key))]),
        ["normalizer"] = Normalizer,
        ["pre_tokenizer"] = PreTokenizer,
        ["post_processor"] = PostProcessor,
        ["decoder"] = Decoder,
        ["model"] = Model,
    };

    private int? Find(string token) => _addedIds.TryGetValue(token, out var id) ? id : _idOf(token);

    private JsonArray Pieces(string template, JsonObject tokens)
    {
        var pieces = new JsonArray();
        foreach (var part in template.Split(' '))
        {
            var colon = part.LastIndexOf(':');
            // Special tokens have colons of their own (<::::>).
            var hasType = colon > 0 && colon == part.Length - 2 && char.IsAsciiDigit(part[^1]);
            var (name, type) = hasType ? (part[..colon], part[^1] - '0') : (part, 0);
            var isText = name is "$A" or "$B";
            pieces.Add(new JsonObject { [isText ? "Sequence" : "SpecialToken"] = new JsonObject { ["id"] = isText ? name[1..] : name, ["type_id"] = type } });
            if (!isText && !tokens.ContainsKey(name))
                tokens[name] = new JsonObject { ["id"] = name, ["ids"] = new JsonArray(IdOf(name)), ["tokens"] = new JsonArray(name) };
        }

        return pieces;
    }
}
