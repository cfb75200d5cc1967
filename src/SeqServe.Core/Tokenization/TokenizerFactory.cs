namespace SeqServe.Core.Tokenization;

/// <summary>A kind of tokenizer, by the <c>tokenizer.type</c> of manifests.</summary>
public interface ITokenizerKind
{
    /// <summary>The value of <c>tokenizer.type</c>.</summary>
    string Type { get; }

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="content">The content of the manifest's file, which no kind opens itself: what lies in a repository is not trusted.</param>
    /// <param name="manifest">How text becomes ids.</param>
    /// <exception cref="InvalidDataException">The file is none of this kind; the message says why.</exception>
    /// <exception cref="ArgumentException">The manifest does not fit the file; the message says why.</exception>
    ITextTokenizer Open(byte[] content, TokenizerManifest manifest);
}

/// <summary>Opens the tokenizers that manifests name.</summary>
/// <param name="kinds">The kinds there are.</param>
public sealed class TokenizerFactory(IEnumerable<ITokenizerKind> kinds)
{
    private readonly Dictionary<string, ITokenizerKind> _kinds = kinds.ToDictionary(kind => kind.Type, StringComparer.Ordinal);

    /// <summary>The values that <c>tokenizer.type</c> may have.</summary>
    public IReadOnlyCollection<string> Types => _kinds.Keys;

    /// <inheritdoc cref="ITokenizerKind.Open"/>
    public ITextTokenizer Open(byte[] content, TokenizerManifest manifest) => _kinds[manifest.Type].Open(content, manifest);
}

/// <summary>SentencePiece BPE models (<c>.model</c>).</summary>
public sealed class SentencePieceBpeKind : ITokenizerKind
{
    /// <inheritdoc/>
    public string Type => "sentencepiece-bpe";

    /// <inheritdoc/>
    public ITextTokenizer Open(byte[] content, TokenizerManifest manifest) =>
        new SentencePieceBpeTokenizer(SentencePieceModel.Read(content), manifest.Normalization, manifest.Special);
}
