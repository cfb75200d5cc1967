using SeqServe.Core.Backends;
using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Completions;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling.Completions;

public class TextCompleterTests
{
    private const string Text = "the clouds are in the";

    private static CompletionRequest Greedy => new(LanguageModelBench.Texts(Text)) { Sampling = new SamplingOptions { Temperature = 0 }, MaxTokens = 8 };

    private static CompletionRequest Seeded => new(LanguageModelBench.Texts(Text)) { Seed = 7, MaxTokens = 12 };

    [Fact]
    public async Task Complete_Greedy_TakesTheBestTokenEachTime()
    {
        using var bench = new LanguageModelBench();

        var answer = Assert.Single(await bench.Complete(Greedy));

        List<int> ids = [.. LanguageModelBench.Ids(Text)];
        for (var i = 0; i < 8 && ids[^1] != LanguageModelBench.EndId; i++)
            ids.Add(new NextTokenDistribution(bench.Model.Logits(ids)).Best(1)[0].Id);
        var decoder = LanguageModelBench.Tokenizer.NewDetokenizer(continuesText: true);
        var expected = string.Concat(ids.Skip(LanguageModelBench.Ids(Text).Length).Select(decoder.Append)) + decoder.Finish();
        Assert.Equal(expected, answer.Text);
        Assert.Equal(FinishReason.Length, answer.Finish);
        Assert.Equal(8, bench.OutputTokens);
    }

    [Fact]
    public async Task Complete_SameSeed_GivesTheSameTextWhateverElseRuns()
    {
        using var bench = new LanguageModelBench();
        var alone = (await bench.Complete(Seeded))[0].Text;

        var prompts = LanguageModelBench.Texts("Something else entirely", Text, "Tom");
        var among = await bench.Complete(Seeded with { Prompts = prompts });
        var crowd = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => bench.Complete(Seeded with { Seed = i })));

        Assert.Equal(alone, among[1].Text);
        Assert.Equal(alone, crowd[7][0].Text);
        Assert.Equal(8, crowd.Select(c => c[0].Text).Distinct().Count());
    }

    [Fact]
    public async Task Complete_BesideAPromptWithLittleRoom_IsAsLongAsAlone()
    {
        using var bench = new LanguageModelBench(edit: json => json["limits"]!["max_context_tokens"] = 49);
        var endless = new SamplingOptions { LogitBias = new Dictionary<int, float> { [LanguageModelBench.EndId] = -100 } };
        var request = Seeded with { MaxTokens = null, Sampling = endless };
        var alone = await bench.Complete(request with { Prompts = LanguageModelBench.Texts("Tom") });
        var longest = string.Concat(Enumerable.Repeat("Tom ", 100));
        while (LanguageModelBench.Ids(longest).Length > 46)
            longest = longest[..^4];

        var both = await bench.Complete(request with { Prompts = LanguageModelBench.Texts("Tom", longest) });

        Assert.Equal(alone[0].Text, both[0].Text);
        Assert.NotEqual(alone[0].Text.Length, both[1].Text.Length);
    }

    [Fact]
    public async Task Complete_SeveralChoices_DifferAndTheFirstIsTheOneAlone()
    {
        using var bench = new LanguageModelBench();
        var alone = (await bench.Complete(Seeded))[0].Text;
        bench.Model.Forget();

        var choices = await bench.Complete(Seeded with { Choices = 4 });

        Assert.Equal(alone, choices[0].Text);
        Assert.Equal(4, choices.Select(c => c.Text).Distinct().Count());
        // The prompt is read once for all of them.
        Assert.Equal([1, 4], bench.Model.Runs.Take(2));
    }

    [Fact]
    public async Task Complete_EndId_EndsTheAnswerAndIsNoText()
    {
        var said = LanguageModelBench.Ids("sky is blue")[1..];
        using var bench = new LanguageModelBench(() => LanguageModelBench.Reciting(Text, said));

        var answer = (await bench.Complete(Greedy with { MaxTokens = 32 }))[0];

        Assert.Equal(" sky is blue", answer.Text);
        Assert.Equal(FinishReason.Eos, answer.Finish);
        Assert.Equal(said.Length + 1, bench.OutputTokens);
    }

    [Theory]
    [InlineData(" is", " sky")]
    [InlineData("y is bl", " sk")]
    [InlineData("sky", " ")]
    [InlineData("never", " sky is blue")]
    [InlineData("blue!", " sky is blue")]
    public async Task Complete_StopSequence_EndsTheAnswerBeforeItWhereverTokensBegin(string stop, string expected)
    {
        using var bench = new LanguageModelBench(() => LanguageModelBench.Reciting(Text, LanguageModelBench.Ids("sky is blue")[1..]));

        var answer = (await bench.Complete(Greedy with { MaxTokens = 32, Stops = [stop], LogProbabilities = 0 }))[0];

        Assert.Equal(expected, answer.Text);
        Assert.Equal(expected.Length < 12 ? FinishReason.Stop : FinishReason.Eos, answer.Finish);
        Assert.All(answer.Tokens, t => Assert.InRange(t.Offset, Text.Length, Text.Length + expected.Length - 1));
    }

    [Fact]
    public async Task Complete_CharacterOfSeveralTokens_ComesOutWhole()
    {
        int[] said = [.. LanguageModelBench.Ids("😀")[1..], .. LanguageModelBench.Ids("ok")[1..]];
        using var bench = new LanguageModelBench(() => LanguageModelBench.Reciting(Text, said));

        var answer = (await bench.Complete(Greedy with { MaxTokens = 32 }))[0];

        Assert.Equal(" 😀 ok", answer.Text);
        Assert.DoesNotContain(answer.Pieces, p => p.Contains('\uFFFD', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Complete_LogProbabilities_AreTheModelsOwnWhateverTheTemperature()
    {
        using var bench = new LanguageModelBench();

        var request = Seeded with { Sampling = new SamplingOptions { Temperature = 2, TopK = 3 }, LogProbabilities = 2, MaxTokens = 3 };
        var answer = (await bench.Complete(request))[0];

        Assert.Equal(3, answer.Tokens.Count);
        var first = new NextTokenDistribution(bench.Model.Logits(LanguageModelBench.Ids(Text)));
        Assert.Equal(first.Best(2).Select(b => b.LogProbability), answer.Tokens[0].Best!.Select(b => b.Value));
        Assert.Contains(answer.Tokens[0].LogProbability!.Value, first.Best(3).Select(b => b.LogProbability));
        Assert.Equal(Text.Length, answer.Tokens[0].Offset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Complete_EchoWithLogProbabilities_ReportsThePromptsTokens(int maxTokens)
    {
        using var bench = new LanguageModelBench();
        var ids = LanguageModelBench.Ids(Text);

        var answer = (await bench.Complete(Greedy with { Echo = true, LogProbabilities = 1, MaxTokens = maxTokens }))[0];

        Assert.StartsWith(Text, answer.Text, StringComparison.Ordinal);
        Assert.Equal(ids.Length + maxTokens, answer.Tokens.Count);
        Assert.Null(answer.Tokens[0].LogProbability);
        Assert.Null(answer.Tokens[0].Best);
        for (var i = 1; i < ids.Length; i++)
        {
            var place = new NextTokenDistribution(bench.Model.Logits(ids[..i]));
            Assert.Equal(place.LogProbability(ids[i]), answer.Tokens[i].LogProbability);
            Assert.Equal(place.Best(1)[0].LogProbability, answer.Tokens[i].Best![0].Value);
        }

        // The first word's space is the tokenizer's own and no part of the text.
        for (var i = 2; i < ids.Length; i++)
            Assert.Equal(string.Concat(answer.Tokens.Take(i).Skip(1).Select(t => t.Text)).Length - 1, answer.Tokens[i].Offset);
        Assert.Equal((await bench.Complete(Greedy with { MaxTokens = maxTokens }))[0].Text, answer.Text[Text.Length..]);
    }

    [Fact]
    public async Task Complete_NoTokensWanted_EndsAtOnce()
    {
        using var bench = new LanguageModelBench();

        var answer = (await bench.Complete(Greedy with { MaxTokens = 0, Echo = true }))[0];

        Assert.Equal(Text, answer.Text);
        Assert.Equal(FinishReason.Length, answer.Finish);
        Assert.Equal(0, bench.OutputTokens);
    }

    [Fact]
    public async Task Complete_TokenIds_GoOnAsTheirTextDoes()
    {
        using var bench = new LanguageModelBench();
        var ids = new PromptSet([Prompt.OfIds(LanguageModelBench.Ids(Text))], true, "prompt");

        var answer = (await bench.Complete(Greedy with { Prompts = ids, Echo = true }))[0];

        Assert.Equal((await bench.Complete(Greedy with { Echo = true }))[0].Text, answer.Text);
    }

    [Theory]
    [InlineData(-1, 1, "max_tokens")]
    [InlineData(33, 1, "max_tokens")]
    [InlineData(1, 0, "n")]
    [InlineData(1, 33, "n")]
    public async Task Complete_BeyondTheModelsLimits_IsRefusedByName(int maxTokens, int choices, string field)
    {
        using var bench = new LanguageModelBench();

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Complete(Greedy with { MaxTokens = maxTokens, Choices = choices }));

        Assert.Equal(ServingErrorCode.InvalidRequest, failure.Code);
        Assert.Equal([field], failure.FieldErrors!.Keys);
    }

    [Fact]
    public async Task Complete_CallerGone_FreesTheSlotsAndTheModel()
    {
        using var bench = new LanguageModelBench();
        using var caller = new CancellationTokenSource();
        bench.Model.Close();
        var running = bench.Complete(Greedy, caller.Token);
        bench.Model.AwaitStart();

        await caller.CancelAsync();
        bench.Model.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(8, (await bench.Complete(Greedy))[0].Text.Length > 0 ? bench.OutputTokens : 0);
    }

    [Fact]
    public async Task Complete_DeadlinePasses_EndsTheStream()
    {
        using var bench = new LanguageModelBench();
        bench.Model.Close();
        var running = bench.Complete(Greedy with { Timeout = TimeSpan.FromSeconds(1) });
        bench.Model.AwaitStart();

        bench.Time.Advance(TimeSpan.FromSeconds(2));

        var failure = await Assert.ThrowsAsync<ServingException>(() => running);
        Assert.Equal(ServingErrorCode.DeadlineExceeded, failure.Code);
        bench.Model.Open();
    }

    [Fact]
    public async Task Read_ModelFailsInTheMiddle_GivesThePiecesBeforeAndThenTheFailure()
    {
        var said = LanguageModelBench.Ids("sky is blue")[1..];
        using var bench = new LanguageModelBench(() => LanguageModelBench.Reciting(Text, said));
        // The prompt, and one step; the next one fails.
        bench.Model.OnRun = _ =>
        {
            if (bench.Model.Runs.Count > 2)
                throw new BackendException("broken");
        };
        using var running = bench.Completer.Start(Greedy, bench.Observed, CancellationToken.None);
        var text = "";

        var failure = await Assert.ThrowsAsync<ServingException>(async () =>
        {
            await foreach (var piece in running.ReadAsync())
                text += piece.Text;
        });

        Assert.Equal(ServingErrorCode.InferenceFailed, failure.Code);
        var decoder = LanguageModelBench.Tokenizer.NewDetokenizer(continuesText: true);
        Assert.Equal(decoder.Append(said[0]) + decoder.Append(said[1]), text);
    }

    [Fact]
    public async Task Read_ReaderThatIsSlow_HoldsUpNeitherTheLoopNorOtherStreams()
    {
        using var bench = new LanguageModelBench();
        using var slow = bench.Completer.Start(Greedy, bench.Observed, CancellationToken.None);

        // Nothing of the first stream has been read when the second is at its end.
        var other = await bench.Complete(Greedy);

        var text = "";
        await foreach (var piece in slow.ReadAsync())
            text += piece.Text;
        Assert.Equal(other[0].Text, text);
    }

    [Fact]
    public async Task Read_ReaderThatWaits_IsNeverContinuedOnAComputeThread()
    {
        using var bench = new LanguageModelBench();
        bench.Model.Close();
        using var running = bench.Completer.Start(Greedy, bench.Observed, CancellationToken.None);
        var threads = new List<string?>();
        async Task ReadAsync()
        {
            await foreach (var piece in running.ReadAsync().ConfigureAwait(false))
                threads.Add(Thread.CurrentThread.Name);
        }

        var reading = ReadAsync();
        bench.Model.Open();
        await Patience.Wait(reading);

        Assert.NotEmpty(threads);
        Assert.DoesNotContain(threads, name => name?.StartsWith("seqserve-run-", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Read_CallerGone_EndsTheWait()
    {
        using var bench = new LanguageModelBench();
        using var caller = new CancellationTokenSource();
        bench.Model.Close();
        using var running = bench.Completer.Start(Greedy, bench.Observed, CancellationToken.None);
        var reading = running.ReadAsync(caller.Token).GetAsyncEnumerator(caller.Token).MoveNextAsync().AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(reading));
        bench.Model.Open();
    }
}
