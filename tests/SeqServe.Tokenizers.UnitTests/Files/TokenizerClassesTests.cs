using System.Text;
using SeqServe.Tokenizers.Files;

namespace SeqServe.Tokenizers.UnitTests.Files;

public sealed class TokenizerClassesTests
{
    [Theory]
    [InlineData("tokenizer_config.json", """{"tokenizer_class": "BertTokenizerFast"}""", "BertTokenizer")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class": "MT5Tokenizer"}""", "T5Tokenizer")]
    [InlineData("config.json", """{"model_type": "mistral"}""", "LlamaTokenizer")]
    [InlineData("config.json", """{"model_type": "mistral", "tokenizer_class": "GemmaTokenizer"}""", "GemmaTokenizer")]
    [InlineData("source.spm", "", "MarianTokenizer")]
    [InlineData("vocab.txt", "", "BertTokenizer")]
    public void Find_Folder_NamesTheClass(string file, string content, string expected) =>
        Assert.Equal(expected, TokenizerClasses.Find(new FolderFiles(name => name == file ? Encoding.UTF8.GetBytes(content) : null)));
}
