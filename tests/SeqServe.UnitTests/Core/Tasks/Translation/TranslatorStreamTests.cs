using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

public class TranslatorStreamTests
{
    [Fact]
    public async Task ReadDeltas_Joined_AreTheTranslationAndItsTokens()
    {
        using var bench = new TranslatorBench();
        const string text = "a fine film with a 🙂 and some words";

        var whole = (await bench.Translate(text)).Results[0];
        var deltas = await bench.Stream(new TranslationRequest([text]));

        Assert.Equal(whole.Translation, string.Concat(deltas.Select(delta => delta.Text)));
        Assert.Equal(TranslatorBench.Tokenizer.Encode(text, 100).Ids[..^1].Reverse(),
            deltas.Where(delta => delta.TokenId is not null).Select(delta => delta.TokenId!.Value));
        Assert.All(deltas.Where(delta => delta.TokenId is not null), delta => Assert.InRange(delta.LogProbability!.Value, -5, 0));
    }

    [Fact]
    public async Task ReadDeltas_SeveralTexts_EachInItsOrder()
    {
        using var bench = new TranslatorBench();
        string[] texts = [" one\ntwo words and more of them\n3\nfour", "12", "another text\r\n", "one more"];

        var whole = await bench.Translate(texts);
        var deltas = await bench.Stream(new TranslationRequest(texts));

        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(whole.Results[i].Translation, string.Concat(deltas.Where(delta => delta.Index == i).Select(delta => delta.Text)));
        Assert.DoesNotContain(deltas, delta => delta.TokenId is null && delta.Text.Length == 0);
    }

    [Fact]
    public async Task ReadDeltas_FirstToken_ComesBeforeTheLastIsComputed()
    {
        using var bench = new TranslatorBench();
        var steps = 0;
        bench.Model.OnRun = _ =>
        {
            // The encoder, two steps, and no more until the reader has read.
            if (++steps == 3)
                bench.Model.Close();
        };
        await using var running = bench.Translator.Start(new TranslationRequest(["some words of a film"]), bench.Observed, streamed: true, default);

        await using var deltas = running.ReadDeltas(default).GetAsyncEnumerator();
        Assert.True(await Patience.Wait(deltas.MoveNextAsync().AsTask()));

        Assert.False(running.Completion.IsCompleted);
        bench.Model.Open();
        await Patience.Wait(running.Completion);
    }

    [Fact]
    public async Task Start_ReaderThatNeverReads_HoldsNobodyUp()
    {
        using var bench = new TranslatorBench(slots: 2);
        await using var unread = bench.Translator.Start(new TranslationRequest(["a text that nobody reads"]), bench.Observed, streamed: true, default);

        for (var i = 0; i < 5; i++)
            Assert.Equal(TranslatorBench.Reversed("film"), (await bench.Translate("film")).Results[0].Translation);

        await Patience.Wait(unread.Completion);
        Assert.Equal(0, bench.Active);
    }

    [Fact]
    public async Task DisposeAsync_InTheMiddle_FreesTheSlotAtTheNextStep()
    {
        using var bench = new TranslatorBench(slots: 1, model: () => new FakeDecoder(TranslatorBench.Tokenizer.VocabularySize) { Answer = Endless });
        // Held, or the most tokens could be reached before the caller leaves.
        bench.Model.Close();
        var held = bench.Translator.Start(new TranslationRequest(["a text without end"]), bench.Observed, streamed: true, default);
        bench.Model.AwaitStart();

        await held.DisposeAsync();
        bench.Model.Answer = EchoTranslator.Make(TranslatorBench.Tokenizer.VocabularySize).Answer;
        bench.Model.Open();

        // There is one slot: this can only be answered when the other has left.
        Assert.Equal(TranslatorBench.Reversed("film"), (await bench.Translate("film")).Results[0].Translation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.Completion);
    }

    [Fact]
    public async Task TranslateAsync_CancelledInTheMiddle_EndsAtOnce()
    {
        using var bench = new TranslatorBench();
        using var caller = new CancellationTokenSource();
        bench.Model.Close();
        var held = bench.Translator.TranslateAsync(new TranslationRequest(["a fine film"]), bench.Observed, caller.Token);
        bench.Model.AwaitStart();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(held));
    }

    [Fact]
    public async Task ReadDeltas_DeadlineInTheMiddle_IsThrownToTheReader()
    {
        using var bench = new TranslatorBench();
        bench.Model.Close();
        await using var running = bench.Translator.Start(new TranslationRequest(["a fine film"]) { Timeout = TimeSpan.FromSeconds(1) }, bench.Observed,
            streamed: true, default);
        await using var deltas = running.ReadDeltas(default).GetAsyncEnumerator();
        var first = deltas.MoveNextAsync().AsTask();
        bench.Model.AwaitStart();

        bench.Time.Advance(TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(first));
        Assert.Equal(ServingErrorCode.DeadlineExceeded, failure.Code);
    }

    [Fact]
    public async Task TranslateAsync_OneBadSentence_FailsItsRequestAloneAndIsNamed()
    {
        using var bench = new TranslatorBench();
        var poison = TranslatorBench.Tokenizer.Encode("zebra", 100).Ids;
        bench.Model.OnRun = read =>
        {
            if (read.Any(row => row.AsSpan().StartsWith(poison.AsSpan(0, poison.Length - 1))))
                throw new InvalidOperationException("poison");
        };

        var bad = bench.Translator.TranslateAsync(new TranslationRequest(["film", "zebra"]), new SeqServe.Core.Diagnostics.ServedRequest(), default);
        var good = bench.Translate("film", "words");

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bad));
        Assert.Equal(ServingErrorCode.InferenceFailed, failure.Code);
        Assert.Equal(["inputs[1]"], failure.FieldErrors!.Keys);
        Assert.Equal([TranslatorBench.Reversed("film"), TranslatorBench.Reversed("words")], (await good).Results.Select(result => result.Translation));
    }

    [Fact]
    public async Task TranslateAsync_ManyMixedSentences_EqualTheirSoloTranslations()
    {
        // The fake's logits depend on all that a row has read, so a row that is mixed up with another shows.
        FakeDecoder Hashed() => new(TranslatorBench.Tokenizer.VocabularySize);
        string[] texts = [.. Enumerable.Range(0, 64).Select(
            i => string.Join(' ', Enumerable.Range(0, 1 + (i * 7 % 11)).Select(j => (i + j) % 3 == 0 ? "film" : $"word{i * j}")))];
        using var alone = new TranslatorBench(model: Hashed);
        using var together = new TranslatorBench(slots: 24, model: Hashed);

        var solo = new List<string>();
        for (var i = 0; i < texts.Length; i++)
            solo.Add((await alone.Translate(Request(i))).Results[0].Translation);
        var mixed = await Task.WhenAll(Enumerable.Range(0, texts.Length).Select(i => together.Translate(Request(i))));

        Assert.Equal(solo, mixed.Select(answer => answer.Results[0].Translation));

        TranslationRequest Request(int i) => new([texts[i]]) { BeamSize = i % 4 == 0 ? 4 : 1, MaxTokens = 5 + (i % 20) };
    }

    private static float[] Endless(IReadOnlyList<int> read)
    {
        var logits = new float[TranslatorBench.Tokenizer.VocabularySize];
        logits[300] = 5;
        return logits;
    }
}
