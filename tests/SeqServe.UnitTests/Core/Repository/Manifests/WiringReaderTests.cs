using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.UnitTests.Core.Repository.Manifests;

public class WiringReaderTests
{
    [Fact]
    public void Translation_WithAllKeys_IsReadWhole()
    {
        var wiring = Manifests.Read(json =>
        {
            Manifests.BecomeGenerating(json, "translation");
            Manifests.Set(json, "state", """[{ "in": "h_in", "out": "h_out", "init": "encoder:h0" }, { "in": "c_in", "out": "c_out", "init": "zeros" }]""");
            Manifests.Set(json, "cache", """[{ "key_in": "a", "value_in": "b", "key_out": "c", "value_out": "d" }]""");
            Manifests.Set(json, "memory", """["memory", "keys"]""");
            Manifests.Set(json, "attention", "\"weights\"");
        }).Wiring!;

        Assert.Equal([new StateWiring("h_in", "h_out", "h0"), new StateWiring("c_in", "c_out", null)], wiring.States);
        Assert.Equal([new CacheWiring("a", "b", "c", "d")], wiring.Caches);
        Assert.Equal(["memory", "keys"], wiring.Memory);
        Assert.Equal("weights", wiring.Attention);
    }

    [Fact]
    public void Translation_Languages_AreRead()
    {
        var languages = ((TranslationSection)Manifests.Read(json => Manifests.BecomeGenerating(json, "translation")).Section).Languages;

        Assert.Equal(("en", "fr"), (languages?.Source, languages?.Target));
    }

    [Theory]
    [InlineData("languages", null, "languages")]
    [InlineData("languages", """{ "source": "English", "target": "fr" }""", "languages.source")]
    [InlineData("languages", """{ "source": "en" }""", "languages.target")]
    [InlineData("state", null, "state")]
    [InlineData("state", "{}", "state")]
    [InlineData("state", """[{ "in": "h_in" }]""", "state[0].out")]
    [InlineData("state", """[{ "in": "h_in", "out": "h_out", "init": "ones" }]""", "state[0].init")]
    [InlineData("state", """[{ "in": "h_in", "out": "h_out", "init": "encoder:" }]""", "state[0].init")]
    [InlineData("state", """[{ "in": "h_in", "out": "h_out", "from": "h0" }]""", "state[0].from")]
    [InlineData("cache", """[{ "key_in": "a", "value_in": "b", "key_out": "c" }]""", "cache[0].value_out")]
    [InlineData("memory", """["memory", 3]""", "memory")]
    [InlineData("limits.max_output_tokens", null, "limits.max_output_tokens")]
    [InlineData("tokenizer.bos_id", null, "tokenizer.bos_id")]
    [InlineData("tokenizer.eos_id", null, "tokenizer.eos_id")]
    public void Translation_WithOneFault_NamesItsKey(string path, string? value, string key)
    {
        var refused = Manifests.Refuse(json =>
        {
            Manifests.BecomeGenerating(json, "translation");
            Manifests.Set(json, "tokenizer.add_bos", "false");
            Manifests.Set(json, path, value);
        });

        Assert.Equal(key, Assert.Single(refused.Errors).Key);
    }

    [Theory]
    [InlineData("language-model", "languages", """{ "source": "en", "target": "fr" }""")]
    [InlineData("language-model", "memory", """["memory"]""")]
    [InlineData("language-model", "attention", "\"attention\"")]
    [InlineData("classification", "languages", """{ "source": "en", "target": "fr" }""")]
    [InlineData("classification", "state", "[]")]
    [InlineData("classification", "cache", "[]")]
    public void KeyOfAnotherTask_IsAFault(string task, string key, string value)
    {
        var refused = Manifests.Refuse(json =>
        {
            if (task != "classification")
                Manifests.BecomeGenerating(json, task);
            json[key] = JsonNode.Parse(value);
        });

        Assert.Equal(key, Assert.Single(refused.Errors).Key);
    }

    [Fact]
    public void LanguageModel_BeginningWithAnEncoder_IsAFault()
    {
        var refused = Manifests.Refuse(json =>
        {
            Manifests.BecomeGenerating(json, "language-model");
            Manifests.Set(json, "state", """[{ "in": "h_in", "out": "h_out", "init": "encoder:h0" }]""");
        });

        Assert.Equal("state[0].init", Assert.Single(refused.Errors).Key);
    }
}
