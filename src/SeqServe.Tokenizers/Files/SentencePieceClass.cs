namespace SeqServe.Tokenizers.Files;

/// <summary>One of transformers' classes that are made of a SentencePiece model.</summary>
/// <param name="Name">Its name, without "Fast".</param>
/// <param name="File">The model file.</param>
/// <param name="Parts">Which normalizer, pre-tokenizer and decoder it has.</param>
/// <param name="Layout">What its vocabulary has besides the model's pieces.</param>
/// <param name="Defaults">Its special tokens.</param>
internal sealed record SentencePieceClass(
    string Name, string File, SentencePieceKin Parts, SentencePieceLayout Layout, Dictionary<string, AddedTokenEntry[]> Defaults)
{
    private const string Spiece = "spiece.model";
    private const string Bpe = "sentencepiece.bpe.model";

    /// <summary>The classes by name.</summary>
    public static readonly Dictionary<string, SentencePieceClass> All = new SentencePieceClass[]
    {
        new("T5Tokenizer", Spiece, SentencePieceKin.Plain, SentencePieceLayout.ExtraIds, RoleDefaults.T5),
        new("ReformerTokenizer", Spiece, SentencePieceKin.Plain, SentencePieceLayout.Own, RoleDefaults.T5),
        new("AlbertTokenizer", Spiece, SentencePieceKin.Albert, SentencePieceLayout.NoNumberComma, RoleDefaults.Albert),
        new("FNetTokenizer", Spiece, SentencePieceKin.FNet, SentencePieceLayout.NoNumberComma, RoleDefaults.FNet),
        new("XLNetTokenizer", Spiece, SentencePieceKin.XlNet, SentencePieceLayout.NoNumberComma, RoleDefaults.XlNet),
        new("RemBertTokenizer", "sentencepiece.model", SentencePieceKin.RemBert, SentencePieceLayout.Own, RoleDefaults.Deberta),
        new("BigBirdTokenizer", Spiece, SentencePieceKin.Plain, SentencePieceLayout.Own, RoleDefaults.BigBird),
        new("PegasusTokenizer", Spiece, SentencePieceKin.Pegasus, SentencePieceLayout.Pegasus, RoleDefaults.Pegasus),
        new("DebertaV2Tokenizer", "spm.model", SentencePieceKin.DebertaV2, SentencePieceLayout.Own, RoleDefaults.DebertaV2),
        new("XLMRobertaTokenizer", Bpe, SentencePieceKin.Plain, SentencePieceLayout.Fairseq, RoleDefaults.Fairseq),
        new("CamembertTokenizer", Bpe, SentencePieceKin.Plain, SentencePieceLayout.Camembert, RoleDefaults.Camembert),
        new("BarthezTokenizer", Bpe, SentencePieceKin.Plain, SentencePieceLayout.Own, RoleDefaults.Fairseq),
        new("MBartTokenizer", Bpe, SentencePieceKin.Plain, SentencePieceLayout.Fairseq, RoleDefaults.Fairseq),
        new("MBart50Tokenizer", Bpe, SentencePieceKin.Plain, SentencePieceLayout.Fairseq, RoleDefaults.Fairseq),
        new("NllbTokenizer", Bpe, SentencePieceKin.Plain, SentencePieceLayout.Fairseq, RoleDefaults.Fairseq),
        new("XGLMTokenizer", Bpe, SentencePieceKin.Plain, SentencePieceLayout.Fairseq, RoleDefaults.Xglm),
        new("LlamaTokenizer", "tokenizer.model", SentencePieceKin.Llama, SentencePieceLayout.Llama, RoleDefaults.Llama),
        new("GemmaTokenizer", "tokenizer.model", SentencePieceKin.Gemma, SentencePieceLayout.Gemma, RoleDefaults.Gemma),
    }.ToDictionary(c => c.Name);

    /// <summary>Whether what is unknown becomes bytes.</summary>
    public bool HasBytes => Parts is SentencePieceKin.Llama or SentencePieceKin.Gemma;

    /// <summary>Whether the class reads <c>legacy</c> and <c>add_prefix_space</c>.</summary>
    public bool KnowsLegacy => Name is "T5Tokenizer" or "LlamaTokenizer";
}

/// <summary>Which parts a SentencePiece tokenizer has.</summary>
internal enum SentencePieceKin
{
    /// <summary>The model's map, Metaspace.</summary>
    Plain,

    /// <summary>Quotes, accents and case first.</summary>
    Albert,

    /// <summary>As ALBERT; accents and case stay unless told otherwise.</summary>
    FNet,

    /// <summary>As ALBERT, other tokens around the text.</summary>
    XlNet,

    /// <summary>As ALBERT, runs of spaces first.</summary>
    RemBert,

    /// <summary>Words first.</summary>
    Pegasus,

    /// <summary>Stripped; punctuation apart where asked for.</summary>
    DebertaV2,

    /// <summary>Spaces become marks; bytes.</summary>
    Llama,

    /// <summary>Spaces become marks, none is put before; bytes.</summary>
    Gemma,
}

/// <summary>How a vocabulary is made of a SentencePiece model's pieces.</summary>
internal enum SentencePieceLayout
{
    /// <summary>The pieces as they are.</summary>
    Own,

    /// <summary>Pieces that are a number with a comma behind it are made unlikely.</summary>
    NoNumberComma,

    /// <summary>T5's extra ids behind them.</summary>
    ExtraIds,

    /// <summary>fairseq's four in place of the first three.</summary>
    Fairseq,

    /// <summary>fairseq's as CamemBERT has them.</summary>
    Camembert,

    /// <summary>The first three renamed.</summary>
    Llama,

    /// <summary>The first three renamed, and a tab.</summary>
    Gemma,

    /// <summary>103 further ones before them.</summary>
    Pegasus,
}
