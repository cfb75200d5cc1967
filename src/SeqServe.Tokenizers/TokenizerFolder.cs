using System.Text;
using SeqServe.Tokenizers.Files;

namespace SeqServe.Tokenizers;

/// <summary>Opens the tokenizer of a model's folder, whatever files it is made of.</summary>
public static class TokenizerFolder
{
    /// <summary>
    /// Opens a tokenizer: <c>tokenizer.json</c> where there is one, with what tokenizer_config.json changes of it, else the files of the class that
    /// tokenizer_config.json or config.json names, as transformers does.
    /// </summary>
    /// <param name="read">
    /// Gives the content of a file by its name, or null where the folder has none. Called several times for some names; it sets what size is read.
    /// </param>
    /// <exception cref="InvalidDataException">A file is missing, damaged, or asks for what is not supported; the message says what.</exception>
    public static Tokenizer Open(Func<string, byte[]?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var files = new FolderFiles(read);
        if (read("tokenizer.json") is { } json)
            return TokenizerReader.Read(json, root => ClassSettings.Changes(root, files));
        var tokenizerClass = TokenizerClasses.Find(files);
        return tokenizerClass switch
        {
            TokenizerClasses.Marian => new Tokenizer(MarianFolder.Open(files)),
            TokenizerClasses.M2M100 => new Tokenizer(M2M100Folder.Open(files)),
            _ => Tokenizer.FromJson(Encoding.UTF8.GetBytes(FolderConverter.ToTokenizerJson(files, tokenizerClass).ToJsonString())),
        };
    }
}
