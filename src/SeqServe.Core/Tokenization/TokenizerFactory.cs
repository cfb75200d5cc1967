namespace SeqServe.Core.Tokenization;

/// <summary>A kind of tokenizer, by the <c>tokenizer.type</c> of manifests.</summary>
public interface ITokenizerKind
{
    /// <summary>The value of <c>tokenizer.type</c>.</summary>
    string Type { get; }

    /// <summary>Whether its files hold its rules and special ids, so that the manifest need not.</summary>
    bool DescribesItself => false;

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="files">Where its files are.</param>
    /// <param name="manifest">How text becomes ids.</param>
    /// <exception cref="InvalidDataException">The file is none of this kind; the message says why.</exception>
    /// <exception cref="ArgumentException">The manifest does not fit the file; the message says why.</exception>
    ITextTokenizer Open(ITokenizerFiles files, TokenizerManifest manifest);
}

/// <summary>
/// The files of a model's folder, for a tokenizer, which opens none itself: what lies in a repository is not trusted. What cannot be read ends the load.
/// </summary>
public interface ITokenizerFiles
{
    /// <summary>The content of a file.</summary>
    /// <param name="file">Its name, relative to the version's or the model's folder.</param>
    byte[] Read(string file);

    /// <summary>The content of a file, or null when there is none of that name.</summary>
    /// <param name="file">Its name, relative to the version's or the model's folder.</param>
    byte[]? Find(string file);
}

/// <summary>Opens the tokenizers that manifests name.</summary>
/// <param name="kinds">The kinds there are.</param>
public sealed class TokenizerFactory(IEnumerable<ITokenizerKind> kinds)
{
    private readonly Dictionary<string, ITokenizerKind> _kinds = kinds.ToDictionary(kind => kind.Type, StringComparer.Ordinal);

    /// <summary>The values that <c>tokenizer.type</c> may have, and of each whether it <see cref="ITokenizerKind.DescribesItself"/>.</summary>
    public IReadOnlyDictionary<string, bool> Types { get; } = kinds.ToDictionary(kind => kind.Type, kind => kind.DescribesItself, StringComparer.Ordinal);

    /// <inheritdoc cref="ITokenizerKind.Open"/>
    public ITextTokenizer Open(ITokenizerFiles files, TokenizerManifest manifest) => _kinds[manifest.Type].Open(files, manifest);
}

/// <summary>SentencePiece BPE models (<c>.model</c>).</summary>
public sealed class SentencePieceBpeKind : ITokenizerKind
{
    /// <inheritdoc/>
    public string Type => "sentencepiece-bpe";

    /// <inheritdoc/>
    public ITextTokenizer Open(ITokenizerFiles files, TokenizerManifest manifest) =>
        SentencePieceBpeTokenizer.Open(files.Read(manifest.File), manifest.File, manifest.Normalization, manifest.Special);
}
