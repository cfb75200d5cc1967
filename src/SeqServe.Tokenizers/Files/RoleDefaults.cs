namespace SeqServe.Tokenizers.Files;

/// <summary>The special tokens that transformers' classes have where a folder names none.</summary>
internal static class RoleDefaults
{
    private const string Additional = "additional_special_tokens";

    /// <summary>BERT and most of its kin.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Bert = Roles(
        ("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"), ("mask_token", "[MASK]"));

    /// <summary>Funnel.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Funnel = Roles(
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "<sep>"), ("pad_token", "<pad>"), ("cls_token", "<cls>"),
        ("mask_token", "<mask>"));

    /// <summary>MPNet.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> MpNet = WithMask("<mask>", Roles(
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "[UNK]"), ("sep_token", "</s>"), ("pad_token", "<pad>"), ("cls_token", "<s>")));

    /// <summary>GPT-2 and CodeGen.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Gpt2 = Roles(
        ("bos_token", "<|endoftext|>"), ("eos_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>"));

    /// <summary>Qwen2.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Qwen2 = Roles(
        ("eos_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>"), ("pad_token", "<|endoftext|>"));

    /// <summary>CLIP.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Clip = Roles(
        ("bos_token", "<|startoftext|>"), ("eos_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>"), ("pad_token", "<|endoftext|>"));

    /// <summary>The first GPT.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> OpenAiGpt = Roles(("unk_token", "<unk>"));

    /// <summary>What came from fairseq: RoBERTa, XLM-R, BART, …</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Fairseq = WithMask("<mask>", Roles(
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "</s>"), ("pad_token", "<pad>"), ("cls_token", "<s>")));

    /// <summary>CamemBERT.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Camembert = WithAdditional(["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"], Fairseq);

    /// <summary>XGLM, without a mask.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Xglm = WithAdditional(Enumerable.Range(0, 7).Select(i => $"<madeupword{i}>"), Roles(
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "</s>"), ("pad_token", "<pad>"), ("cls_token", "<s>")));

    /// <summary>DeBERTa.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Deberta = WithMask("[MASK]", Roles(
        ("bos_token", "[CLS]"), ("eos_token", "[SEP]"), ("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]")));

    /// <summary>DeBERTa 2 and 3.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> DebertaV2 = Roles(
        ("bos_token", "[CLS]"), ("eos_token", "[SEP]"), ("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"),
        ("mask_token", "[MASK]"));

    /// <summary>ALBERT.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Albert = WithMask("[MASK]", Roles(
        ("bos_token", "[CLS]"), ("eos_token", "[SEP]"), ("unk_token", "<unk>"), ("sep_token", "[SEP]"), ("pad_token", "<pad>"), ("cls_token", "[CLS]")));

    /// <summary>FNet.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> FNet = WithMask("[MASK]", Roles(
        ("unk_token", "<unk>"), ("sep_token", "[SEP]"), ("pad_token", "<pad>"), ("cls_token", "[CLS]")));

    /// <summary>BigBird.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> BigBird = WithMask("[MASK]", Roles(
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "[SEP]"), ("pad_token", "<pad>"), ("cls_token", "[CLS]")));

    /// <summary>XLNet.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> XlNet = WithAdditional(["<eop>", "<eod>"], WithMask("<mask>", Roles(
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "<sep>"), ("pad_token", "<pad>"), ("cls_token", "<cls>"))));

    /// <summary>T5 and Reformer.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> T5 = Roles(("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"));

    /// <summary>Pegasus.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Pegasus = Roles(
        ("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"), ("mask_token", "<mask_2>"));

    /// <summary>Llama.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Llama = Roles(("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"));

    /// <summary>Gemma.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Gemma = Roles(
        ("bos_token", "<bos>"), ("eos_token", "<eos>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"));

    /// <summary>M2M100.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> M2M100 = Roles(
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "</s>"), ("pad_token", "<pad>"));

    /// <summary>Marian.</summary>
    public static readonly Dictionary<string, AddedTokenEntry[]> Marian = Roles(("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"));

    private static Dictionary<string, AddedTokenEntry[]> Roles(params (string Role, string Token)[] roles) =>
        roles.ToDictionary(r => r.Role, r => new[] { new AddedTokenEntry(r.Token) { Special = true } });

    // A mask stands for a word with the space before it.
    private static Dictionary<string, AddedTokenEntry[]> WithMask(string mask, Dictionary<string, AddedTokenEntry[]> roles) =>
        new(roles) { ["mask_token"] = [new AddedTokenEntry(mask) { LeftStrip = true, Special = true, Normalized = false }] };

    private static Dictionary<string, AddedTokenEntry[]> WithAdditional(IEnumerable<string> tokens, Dictionary<string, AddedTokenEntry[]> roles) =>
        new(roles) { [Additional] = [.. tokens.Select(t => new AddedTokenEntry(t) { Special = true })] };
}
