namespace SeqServe.Tokenizers.Files;

/// <summary>Which of transformers' tokenizer classes a folder without tokenizer.json is for.</summary>
internal static class TokenizerClasses
{
    /// <summary>Marian's class.</summary>
    public const string Marian = "MarianTokenizer";

    /// <summary>M2M100's class.</summary>
    public const string M2M100 = "M2M100Tokenizer";

    // The classes of the models that people have (transformers, tokenization_auto.py).
    private static readonly Dictionary<string, string> s_models = new()
    {
        ["albert"] = "AlbertTokenizer",
        ["bart"] = "BartTokenizer",
        ["barthez"] = "BarthezTokenizer",
        ["bert"] = "BertTokenizer",
        ["bert-generation"] = "BertGenerationTokenizer",
        ["big_bird"] = "BigBirdTokenizer",
        ["bigbird_pegasus"] = "PegasusTokenizer",
        ["blenderbot"] = "BlenderbotTokenizer",
        ["camembert"] = "CamembertTokenizer",
        ["clip"] = "CLIPTokenizer",
        ["codegen"] = "CodeGenTokenizer",
        ["convbert"] = "ConvBertTokenizer",
        ["data2vec-text"] = "RobertaTokenizer",
        ["deberta"] = "DebertaTokenizer",
        ["deberta-v2"] = "DebertaV2Tokenizer",
        ["distilbert"] = "DistilBertTokenizer",
        ["electra"] = "ElectraTokenizer",
        ["fnet"] = "FNetTokenizer",
        ["funnel"] = "FunnelTokenizer",
        ["gemma"] = "GemmaTokenizer",
        ["gemma2"] = "GemmaTokenizer",
        ["gpt2"] = "GPT2Tokenizer",
        ["gpt_neo"] = "GPT2Tokenizer",
        ["gptj"] = "GPT2Tokenizer",
        ["led"] = "LEDTokenizer",
        ["llama"] = "LlamaTokenizer",
        ["longformer"] = "LongformerTokenizer",
        ["longt5"] = "T5Tokenizer",
        ["m2m_100"] = M2M100,
        ["marian"] = Marian,
        ["mbart"] = "MBartTokenizer",
        ["mistral"] = "LlamaTokenizer",
        ["mixtral"] = "LlamaTokenizer",
        ["mobilebert"] = "MobileBertTokenizer",
        ["mpnet"] = "MPNetTokenizer",
        ["mt5"] = "T5Tokenizer",
        ["mvp"] = "MvpTokenizer",
        ["nllb-moe"] = "NllbTokenizer",
        ["openai-gpt"] = "OpenAIGPTTokenizer",
        ["opt"] = "GPT2Tokenizer",
        ["pegasus"] = "PegasusTokenizer",
        ["phi"] = "CodeGenTokenizer",
        ["phi3"] = "LlamaTokenizer",
        ["qwen2"] = "Qwen2Tokenizer",
        ["reformer"] = "ReformerTokenizer",
        ["rembert"] = "RemBertTokenizer",
        ["roberta"] = "RobertaTokenizer",
        ["squeezebert"] = "SqueezeBertTokenizer",
        ["switch_transformers"] = "T5Tokenizer",
        ["t5"] = "T5Tokenizer",
        ["umt5"] = "T5Tokenizer",
        ["xglm"] = "XGLMTokenizer",
        ["xlm-roberta"] = "XLMRobertaTokenizer",
        ["xlm-roberta-xl"] = "XLMRobertaTokenizer",
        ["xlnet"] = "XLNetTokenizer",
    };

    // Classes that are another one under a name of their own.
    private static readonly Dictionary<string, string> s_same = new()
    {
        ["CodeLlamaTokenizer"] = "LlamaTokenizer",
        ["LayoutXLMTokenizer"] = "XLMRobertaTokenizer",
        ["MT5Tokenizer"] = "T5Tokenizer",
        ["Phi3Tokenizer"] = "LlamaTokenizer",
    };

    /// <summary>
    /// Finds the class: what tokenizer_config.json says, else what config.json says, else what its kind of model uses, else what the files are.
    /// </summary>
    /// <exception cref="InvalidDataException">Nothing tells it.</exception>
    public static string Find(FolderFiles files) => Named(files) ?? ByFiles(files);

    /// <summary>The class that the configuration names, or null.</summary>
    public static string? Named(FolderFiles files)
    {
        var named = files.Text("tokenizer_class");
        string? kind = null;
        if (named is null && files.Json("config.json") is { } config)
        {
            named = config.TryGetProperty("tokenizer_class", out var value) ? value.GetString() : null;
            kind = config.TryGetProperty("model_type", out value) ? value.GetString() : null;
        }

        named ??= kind is null ? null : s_models.GetValueOrDefault(kind);
        if (named is null)
            return null;
        if (named.EndsWith("Fast", StringComparison.Ordinal))
            named = named[..^"Fast".Length];
        return s_same.GetValueOrDefault(named, named);
    }

    private static string ByFiles(FolderFiles files)
    {
        if (files.Find("source.spm") is not null)
            return Marian;
        if (files.Find("vocab.txt") is not null)
            return "BertTokenizer";
        throw new InvalidDataException(
            "The folder has no tokenizer.json, and neither tokenizer_config.json (tokenizer_class) nor config.json (model_type) says what its tokenizer is.");
    }
}
