using System.Text.Json.Nodes;
using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Completions;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Tasks.Translation;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling.Completions;

/// <summary>Completions of encoder-decoders: the prompt is what the answer is made from.</summary>
public class SourceCompletionTests
{
    private const string Text = "a fine film";

    private static CompletionRequest Request => new(new PromptSet([Prompt.OfText(Text)], IsSingle: true, "prompt")) { Model = "en-fr-a" };

    private static string Answer => TranslatorBench.Reversed(Text);

    [Fact]
    public async Task Complete_ASource_GivesWhatTheModelMakesOfIt()
    {
        using var bench = new TranslatorBench();

        var (pieces, tokens) = await Complete(bench, Request);

        Assert.Equal(Answer, string.Concat(pieces.Select(p => p.Text)));
        Assert.Equal(FinishReason.Eos, pieces[^1].Finish);
        Assert.Equal(Ids(Text).Length, tokens.Input);
        Assert.Equal(Ids(Text).Length, tokens.Output);
        Assert.True(pieces.Count > 2, "It came in one piece.");
    }

    [Fact]
    public async Task Complete_TokenIds_AreTheSource()
    {
        using var bench = new TranslatorBench();
        var ids = new PromptSet([Prompt.OfIds(Ids(Text))], IsSingle: true, "prompt");

        var (pieces, _) = await Complete(bench, Request with { Prompts = ids });

        Assert.Equal(Answer, string.Concat(pieces.Select(p => p.Text)));
    }

    [Fact]
    public async Task Complete_LogProbabilities_AreOfTheAnswerAlone()
    {
        using var bench = new TranslatorBench();

        var (pieces, _) = await Complete(bench, Request with { LogProbabilities = 1 });

        var tokens = pieces.SelectMany(p => p.Tokens).ToList();
        Assert.Equal(0, tokens[0].Offset);
        Assert.All(tokens, t => Assert.InRange(t.LogProbability!.Value, -1, 0));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(0.0, 1)]
    [InlineData(null, 2)]
    public async Task Complete_SettingsOfTheModel_AreKeptInAnySearch(double? temperature, int beams)
    {
        var second = Ids(Text)[^3];
        using var bench = Searching(new JsonObject { ["num_beams"] = beams, ["suppress_tokens"] = new JsonArray(second), ["max_new_tokens"] = 3 });

        var (pieces, tokens) = await Complete(bench, Request with { Sampling = new SamplingOptions { Temperature = temperature } });

        // The runner-up comes in the place of what is suppressed, and the answer is cut at the model's own length.
        int[] expected = [Ids(Text)[^2], second + 1, Ids(Text)[^4]];
        Assert.Equal(TranslatorBench.Tokenizer.Decode(expected), string.Concat(pieces.Select(p => p.Text)));
        Assert.Equal(FinishReason.Length, pieces[^1].Finish);
        Assert.Equal(3, tokens.Output);
    }

    [Fact]
    public async Task Complete_BeamSearch_ComesInOnePieceForEachAnswer()
    {
        using var bench = Searching(new JsonObject { ["num_beams"] = 2 });

        var (pieces, _) = await Complete(bench, Request with { Choices = 3 });

        Assert.Equal([0, 1, 2], pieces.Select(p => p.Choice).Order());
        Assert.Equal(3, pieces.Select(p => p.Text).Distinct().Count());
        Assert.Equal(Answer, pieces.Single(p => p.Choice == 0).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Complete_StopSequence_EndsBeforeIt(int beams)
    {
        using var bench = Searching(new JsonObject { ["num_beams"] = beams });
        var stop = Answer[4..7];

        var (pieces, _) = await Complete(bench, Request with { Stops = [stop] });

        Assert.Equal(Answer[..Answer.IndexOf(stop, StringComparison.Ordinal)], string.Concat(pieces.Select(p => p.Text)));
        Assert.Equal(FinishReason.Stop, pieces[^1].Finish);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Complete_SettingsThatForbidEverything_GiveTheEmptyAnswer(int beams)
    {
        var all = Enumerable.Range(0, TranslatorBench.Tokenizer.VocabularySize).Select(id => JsonValue.Create(id)).ToArray<JsonNode?>();
        using var bench = Searching(new JsonObject { ["num_beams"] = beams, ["suppress_tokens"] = new JsonArray(all) });

        var (pieces, tokens) = await Complete(bench, Request);
        var translated = await bench.Translate(Text);

        Assert.Equal("", string.Concat(pieces.Select(p => p.Text)));
        Assert.Equal((FinishReason.Length, 0), (pieces[^1].Finish, tokens.Output));
        Assert.Equal("", translated.Results[0].Translation);
    }

    [Fact]
    public async Task Complete_LogProbabilitiesOfBeams_AreRefusedWithARemedy()
    {
        using var bench = Searching(new JsonObject { ["num_beams"] = 2 });

        await AssertRefused(bench, Request with { LogProbabilities = 1 }, "logprobs");
        var (pieces, _) = await Complete(bench, Request with { LogProbabilities = 1, Sampling = new SamplingOptions { Temperature = 0 } });

        Assert.Equal(Answer, string.Concat(pieces.Select(p => p.Text)));
    }

    [Fact]
    public async Task Complete_WhatASourceCannotDo_IsRefusedByName()
    {
        using var bench = new TranslatorBench();

        await AssertRefused(bench, Request with { Echo = true }, "echo");
        await AssertRefused(bench, Request with { MaxTokens = 0 }, "max_tokens");
        await AssertRefused(bench, Request with { Prompts = new PromptSet([Prompt.OfText("  ")], true, "prompt") }, "prompt");
        await AssertRefused(
            bench, Request with { Prompts = new PromptSet([Prompt.OfIds([TranslatorBench.Tokenizer.VocabularySize])], true, "prompt") }, "prompt");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Complete_NothingBehindThePrefix_IsRefused(string text)
    {
        using var bench = new TranslatorBench(edit: json =>
        {
            json["generation"] = new JsonObject();
            json["prefix"] = "translate: ";
        });

        await AssertRefused(bench, Request with { Prompts = new PromptSet([Prompt.OfText(text)], true, "prompt") }, "prompt");
    }

    private static int[] Ids(string text) => TranslatorBench.Tokenizer.Encode(text, 100).Ids;

    private static TranslatorBench Searching(JsonObject generation) => new(edit: json => json["generation"] = generation);

    private static async Task AssertRefused(TranslatorBench bench, CompletionRequest request, string field)
    {
        var refusal = await Assert.ThrowsAsync<ServingException>(() => Complete(bench, request));
        Assert.Contains(field, refusal.FieldErrors!.Keys);
    }

    private static async Task<(List<CompletionPiece> Pieces, (int Input, int Output) Tokens)> Complete(TranslatorBench bench, CompletionRequest request)
    {
        using var running = new TextCompleter(bench.Registry.Registry, bench.Time).Start(request, bench.Observed, CancellationToken.None);
        var pieces = new List<CompletionPiece>();
        await Patience.Wait(ReadAsync());
        return (pieces, (running.InputTokens, running.OutputTokens));

        async Task ReadAsync()
        {
            await foreach (var piece in running.ReadAsync())
                pieces.Add(piece);
        }
    }
}
