using System.Text.Json;
using SeqServe.Tokenizers.AddedTokens;

namespace SeqServe.Tokenizers.Files;

/// <summary>
/// The tokens with a role (bos_token, …) and the added tokens that a folder names: in tokenizer_config.json, else in special_tokens_map.json and
/// added_tokens.json, else as its class has them. Follows transformers' tokenization_utils_base.py, _from_pretrained.
/// </summary>
internal sealed class SpecialTokens
{
    // The order in which the reference adds those that the vocabulary lacks.
    private static readonly string[] s_roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly Dictionary<string, AddedTokenEntry> _roles = [];
    private readonly List<AddedTokenEntry> _additional = [];
    private readonly SortedDictionary<int, AddedTokenEntry> _added = [];

    /// <summary>Reads them.</summary>
    /// <param name="files">The folder.</param>
    /// <param name="defaults">The class's own tokens by role; "additional_special_tokens" may hold several.</param>
    /// <exception cref="InvalidDataException">A file has something else where a token is expected.</exception>
    public SpecialTokens(FolderFiles files, IReadOnlyDictionary<string, AddedTokenEntry[]> defaults)
    {
        foreach (var (role, tokens) in defaults)
            Set(role, tokens);
        if (files.Config.ValueKind == JsonValueKind.Object)
            ReadRoles(files.Config);
        if (files.Setting("added_tokens_decoder") is { ValueKind: JsonValueKind.Object } decoder)
        {
            foreach (var entry in decoder.EnumerateObject())
                _added[Id(entry.Name)] = AddedTokenEntry.Read(entry.Value);
        }
        else
        {
            ReadOlder(files);
        }

        foreach (var role in s_roles)
        {
            if (_roles.TryGetValue(role, out var token) && _added.Values.FirstOrDefault(a => a.Content == token.Content) is { } known)
                _roles[role] = known;
        }
    }

    /// <summary>Those with an id, by id.</summary>
    public IReadOnlyDictionary<int, AddedTokenEntry> Added => _added;

    /// <summary>All special ones in the reference's order, each once.</summary>
    public IEnumerable<AddedTokenEntry> All =>
        s_roles.Where(_roles.ContainsKey).Select(role => _roles[role]).Concat(_additional).DistinctBy(token => token.Content);

    /// <summary>The additional special tokens.</summary>
    public IReadOnlyList<AddedTokenEntry> Additional => _additional;

    /// <summary>The text of a role's token, or null.</summary>
    public string? Find(string role) => _roles.TryGetValue(role, out var token) ? token.Content : null;

    /// <summary>The text of a role's token.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public string Require(string role) => Find(role) ?? throw new InvalidDataException($"tokenizer_config.json names no {role}, and its tokenizer needs one.");

    /// <summary>Names further special tokens.</summary>
    public void AddAdditional(IEnumerable<string> tokens) =>
        _additional.AddRange(tokens.Where(t => _additional.TrueForAll(a => a.Content != t)).Select(t => new AddedTokenEntry(t) { Special = true }).ToArray());

    /// <summary>All tokens as the Python tokenizers look for them: in the text as it is.</summary>
    public List<AddedToken> ToAddedTokens()
    {
        var texts = All.Select(t => t.Content).ToHashSet();
        return
        [
            .. _added.Values.Concat(All).DistinctBy(t => t.Content).Select(t => new AddedToken(t.Content)
            {
                SingleWord = t.SingleWord, LeftStrip = t.LeftStrip, RightStrip = t.RightStrip, Special = t.Special || texts.Contains(t.Content),
            }),
        ];
    }

    private static int Id(string name) =>
        int.TryParse(name, out var id) && id >= 0
            ? id
            : throw new InvalidDataException($"'added_tokens_decoder' of tokenizer_config.json has the id '{name}'.");

    private void Set(string role, params AddedTokenEntry[] tokens)
    {
        if (role != "additional_special_tokens")
        {
            _roles[role] = tokens[0];
            return;
        }

        _additional.Clear();
        _additional.AddRange(tokens);
    }

    private void ReadRoles(JsonElement json)
    {
        foreach (var role in s_roles)
        {
            if (!json.TryGetProperty(role, out var value))
                continue;
            if (value.ValueKind == JsonValueKind.Null)
                _roles.Remove(role);
            else
                SetText(role, AddedTokenEntry.Read(value));
        }

        if (json.TryGetProperty("additional_special_tokens", out var list) && list.ValueKind == JsonValueKind.Array)
            Set("additional_special_tokens", [.. list.EnumerateArray().Select(AddedTokenEntry.Read).Select(t => t with { Special = true })]);
    }

    // A role's token that is named by its text alone keeps how the class treats it (a mask token takes the space before it).
    private void SetText(string role, AddedTokenEntry token)
    {
        var isPlain = token == new AddedTokenEntry(token.Content);
        _roles[role] = isPlain && _roles.TryGetValue(role, out var own) ? own with { Content = token.Content } : token;
    }

    private void ReadOlder(FolderFiles files)
    {
        if (files.Json("special_tokens_map.json") is { } map)
            ReadRoles(map);
        if (files.Json("added_tokens.json") is not { } added)
            return;
        foreach (var entry in added.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id < 0)
                throw new InvalidDataException($"added_tokens.json has no id for '{entry.Name}'.");
            var special = All.Any(t => t.Content == entry.Name);
            _added[id] = new AddedTokenEntry(entry.Name) { Special = special, Normalized = !special };
        }
    }
}
