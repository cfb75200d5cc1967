using SeqServe.Core.Decoding.Generation;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository.HuggingFace;

/// <summary>What folders of models that write text say of how they do it.</summary>
public sealed class HubGenerationTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Find_ALanguageModel_HasThePastAndTheRoomOfItsPositions()
    {
        Write("a/config.json", """{ "architectures": ["GPT2LMHeadModel"], "n_positions": 64, "eos_token_id": 7 }""");
        Write("a/onnx/model.onnx");

        var manifest = Manifest("a");

        Assert.Equal(LanguageModelingTask.TaskName, manifest.Task);
        Assert.Equal((63, 63, 64), (manifest.Limits.MaxInputTokens, manifest.Limits.MaxOutputTokens, manifest.Limits.MaxContextTokens));
        Assert.Equal([7], manifest.Tokenizer!.EndIds);
        var cache = Assert.Single(manifest.Wiring!.Caches);
        Assert.Equal(("past_key_values.*.key", "present.*.value", true), (cache.KeyInput, cache.ValueOutput, cache.IsWhole));
    }

    [Theory]
    [InlineData("""{ "eos_token_id": [1, 2] }""", null, null, null)]
    [InlineData("""{ "eos_token_id": [1, 2], "do_sample": false }""", 0.0, null, null)]
    [InlineData("""{ "eos_token_id": [1, 2], "do_sample": true, "temperature": 0.6, "top_p": 0.9 }""", 0.6, 0.9, 50)]
    [InlineData("""{ "eos_token_id": [1, 2], "do_sample": true, "top_k": 0 }""", null, null, null)]
    [InlineData("""{ "eos_token_id": [1, 2], "do_sample": true, "top_k": 5, "temperature": 3 }""", 2.0, null, 5)]
    public void Find_ALanguageModelWithSettings_SamplesAsTheySay(string settings, double? temperature, double? topP, int? topK)
    {
        Write("a/config.json", """{ "architectures": ["LlamaForCausalLM"], "eos_token_id": 9, "do_sample": true }""");
        Write("a/generation_config.json", settings);
        Write("a/model.onnx");

        var manifest = Manifest("a");

        var sampling = ((LanguageModelingSection)manifest.Section).Sampling;
        Assert.Equal((temperature, topP, topK), (sampling.Temperature, sampling.TopP, sampling.TopK));
        Assert.Equal([1, 2], manifest.Tokenizer!.EndIds);
    }

    [Fact]
    public void Find_AnOldFolderOfOneTask_TakesTheSettingsOfTheTask()
    {
        const string Config = """
            { "architectures": ["T5ForConditionalGeneration"], "decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0, "num_beams": 2,
              "task_specific_params": { "translation_en_to_de": { "num_beams": 4, "early_stopping": true, "max_length": 90, "prefix": "to German: " } } }
            """;
        Write("a/config.json", Config);
        Write("a/onnx/encoder_model.onnx");
        Write("a/onnx/decoder_model_merged.onnx");

        var manifest = Manifest("a");

        var section = (TranslationSection)manifest.Section;
        Assert.Equal(("to German: ", new LanguagePair("en", "de")), (section.Prefix, section.Languages));
        Assert.Equal((4, EarlyStopping.WhenFull, 90), (section.Generation!.NumBeams, section.Generation.EarlyStopping, section.Generation.MaxLength));
        Assert.Equal((0, 1), (manifest.Tokenizer!.BeginId, manifest.Tokenizer.EndId));
        Assert.Equal(["encoder", "decoder"], manifest.Graphs.Keys);
    }

    [Fact]
    public void Find_AMarianFolder_TakesAllOfItsSettings()
    {
        Write("a/config.json", """{ "architectures": ["MarianMTModel"], "max_position_embeddings": 100, "eos_token_id": 0 }""");
        Write("a/tokenizer_config.json", """{ "source_lang": "en", "target_lang": "fr", "model_max_length": 80 }""");
        Write(
            "a/generation_config.json",
            """
            { "decoder_start_token_id": 9, "bad_words_ids": [[9], [3, 4]], "forced_eos_token_id": 0, "num_beams": 4, "early_stopping": "never",
              "no_repeat_ngram_size": 3, "repetition_penalty": 1.5, "length_penalty": 0.5, "min_length": 2, "suppress_tokens": [5], "forced_bos_token_id": 6 }
            """);
        foreach (var graph in new[] { "encoder_model", "decoder_model", "decoder_with_past_model" })
            Write($"a/{graph}.onnx");

        var manifest = Manifest("a");

        var generation = ((TranslationSection)manifest.Section).Generation!;
        Assert.Equal(["encoder", "decoder", "decoder_with_past"], manifest.Graphs.Keys);
        Assert.Equal((80, 99), (manifest.Limits.MaxInputTokens, manifest.Limits.MaxOutputTokens));
        Assert.Equal([[9], [3, 4]], generation.BadWords);
        Assert.Equal((4, EarlyStopping.WhenNeverBetter, 3), (generation.NumBeams, generation.EarlyStopping, generation.NoRepeatNgramSize));
        Assert.Equal((1.5, 0.5, 2), (generation.RepetitionPenalty, generation.LengthPenalty, generation.MinLength));
        Assert.Equal((6, 0, 5), (generation.ForcedBegin, generation.ForcedEnd[0], generation.SuppressTokens[0]));
    }

    [Theory]
    [InlineData("encoder_model", "no decoder (decoder_model_merged.onnx, or two)")]
    [InlineData("encoder_model decoder_model", "no decoder_with_past_model.onnx beside it")]
    [InlineData("encoder_model decoder_with_past_model", "no decoder_model.onnx beside it")]
    [InlineData("decoder_model_merged", "no encoder_model.onnx beside it")]
    [InlineData("", "no ONNX graph (encoder_model.onnx, here or in onnx/)")]
    public void Find_AnEncoderDecoderOfWhichAPartIsMissing_NamesIt(string graphs, string expected)
    {
        Write("a/config.json", """{ "architectures": ["BartForConditionalGeneration"], "decoder_start_token_id": 2 }""");
        foreach (var graph in graphs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Write($"a/{graph}.onnx");

        var fault = Fault("a");

        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.Contains("optimum-cli export onnx", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "decoder_start_token_id": 2, "num_beam_groups": 2 }""", "num_beam_groups 2 asks for a search that this server does not do")]
    [InlineData("""{ "decoder_start_token_id": 2, "sequence_bias": [[[5], 1.0]] }""", "sequence_bias asks for a search that this server does not do")]
    [InlineData("""{ "num_beams": 4 }""", "decoder_start_token_id")]
    [InlineData("""{ "decoder_start_token_id": 2, "bad_words_ids": [[]] }""", "bad_words_ids")]
    [InlineData("""{ "decoder_start_token_id": 2, "early_stopping": "soon" }""", "early_stopping")]
    public void Find_ASearchThatIsNotKnown_NamesTheKey(string settings, string expected)
    {
        Write("a/config.json", """{ "architectures": ["BartForConditionalGeneration"] }""");
        Write("a/generation_config.json", settings);
        Write("a/encoder_model.onnx");
        Write("a/decoder_model_merged.onnx");

        Assert.Contains(expected, Fault("a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """["eng_Latn", "fra_Latn", "zho_Hans", "zho_Hant", "ace_Latn"]""", "eng_Latn", "fra_Latn",
        "en=eng_Latn fr=fra_Latn zh-hans=zho_Hans zh-hant=zho_Hant ace=ace_Latn", "en-fr")]
    [InlineData("""["__en__", "__fr__", "__ceb__"]""", "__en__", "__fr__", "en=__en__ fr=__fr__ ceb=__ceb__", "en-fr")]
    [InlineData("""["en_XX", "fr_XX", "pt_XX"]""", "en_XX", null, "en=en_XX fr=fr_XX pt=pt_XX", null)]
    [InlineData("""["<extra_id_0>", "<extra_id_1>"]""", null, null, "", null)]
    public void Find_AModelOfManyLanguages_KnowsThemByTheirCodes(string tokens, string? source, string? target, string expected, string? pair)
    {
        _repository.Write("a/config.json", """{ "architectures": ["M2M100ForConditionalGeneration"], "decoder_start_token_id": 2 }""");
        string Quoted(string? value) => value is null ? "null" : $"\"{value}\"";
        Write("a/tokenizer_config.json", $$"""{ "additional_special_tokens": {{tokens}}, "src_lang": {{Quoted(source)}}, "tgt_lang": {{Quoted(target)}} }""");
        Write("a/encoder_model.onnx");
        Write("a/decoder_model_merged.onnx");

        var directions = ((TranslationSection)Manifest("a").Section).Directions;

        Assert.Equal(expected, string.Join(' ', directions.Tokens.Select(language => $"{language.Key}={language.Value}")));
        Assert.Equal(pair, directions.Default is { } known ? $"{known.Source}-{known.Target}" : null);
    }

    private void Write(string path, string content = "") => _repository.Write(path, content);

    private ModelManifest Manifest(string name)
    {
        var model = _repository.Open().Find(name)!;
        Assert.Null(model.Fault);
        return model.Manifest!;
    }

    private string Fault(string name) => _repository.Open().Find(name)!.Fault!;
}
