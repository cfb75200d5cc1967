using System.Text.Json.Nodes;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

public class TranslationTaskTests
{
    [Theory]
    [InlineData("forced_bos_token_id", "100000")]
    [InlineData("forced_eos_token_id", "[3, 100000]")]
    [InlineData("bad_words_ids", "[[1], [2, 100000]]")]
    public void Load_ASearchThatNamesIdsBeyondTheVocabulary_IsRefused(string key, string value)
    {
        using var bench = new TranslatorBench(edit: json => json["generation"] = new JsonObject { [key] = JsonNode.Parse(value) });

        var (state, reason) = Status(bench);

        Assert.Equal(ModelState.Unavailable, state);
        Assert.Contains("generation names token id 100000", reason, StringComparison.Ordinal);
        Assert.Contains($"0–{TranslatorBench.Tokenizer.VocabularySize - 1}", reason, StringComparison.Ordinal);
    }

    // transformers passes these over.
    [Theory]
    [InlineData("suppress_tokens")]
    [InlineData("begin_suppress_tokens")]
    public async Task Load_SuppressedIdsBeyondTheVocabulary_SayNothing(string key)
    {
        using var bench = new TranslatorBench(edit: json => json["generation"] = new JsonObject { [key] = new JsonArray(100000) });

        Assert.Equal(TranslatorBench.Reversed("a fine film"), (await bench.Translate("a fine film")).Results[0].Translation);
    }

    [Fact]
    public void Load_ASearchWithoutRoomForAToken_IsRefused()
    {
        using var bench = new TranslatorBench(edit: json => json["generation"] = new JsonObject { ["max_length"] = 1 });

        Assert.Contains("generation cannot be searched by", Status(bench).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_Rows_SaysWhichShareAStep()
    {
        using var bench = new TranslatorBench();
        using var lease = bench.Registry.Registry.Acquire<ServedTranslator>(TranslationTask.TaskName, null, null);

        var details = lease.Model.Describe();

        Assert.Equal("independent", details.Rows);
        Assert.Contains("A trial at load", details.RowsReason, StringComparison.Ordinal);
        Assert.Null(details.MaxContextTokens);
    }

    private static (ModelState State, string? Reason) Status(TranslatorBench bench)
    {
        var status = bench.Registry.Registry.Describe("en-fr-a").Versions[0].Status;
        return (status.State, status.Reason);
    }
}
