using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Facades.LibreTranslate;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Core.Tasks.Translation;

namespace SeqServe.UnitTests.Api.Facades.LibreTranslate;

/// <summary>With fake translators from English and French into German, and a detector that takes texts with a digit for French.</summary>
public sealed class LibreTranslationTests : IDisposable
{
    private const string English = "good";
    private const string French = "good 1";

    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _bench;
    private readonly LibreTranslation _libre;
    private readonly DefaultHttpContext _context = new();
    private readonly List<FakeDecoder> _decoders = [];

    public LibreTranslationTests()
    {
        _repository.AddFake(LanguageDetector.Model);
        _repository.Write($"{LanguageDetector.Model}/labels.txt", "en\nfr\n");
        _repository.AddFakeTranslator("en-de", "en", "de");
        _repository.AddFakeTranslator("fr-de", "fr", "de");
        _bench = new RegistryBench(_repository);
        _bench.Backends.MakeDecoder = _ =>
        {
            var decoder = EchoTranslator.Make(TranslatorBench.Tokenizer.VocabularySize);
            _decoders.Add(decoder);
            return decoder;
        };
        _bench.Load();
        Assert.All(_bench.Registry.List(), model => Assert.True(model.IsReady, model.Name));
        var options = Options.Create(new SeqServeOptions());
        var digit = TokensOf(French)[^1];
        Detector.Answer = ids => ids.Contains(digit) ? [0, 9] : [9, 0];
        var models = new TranslationModels(_bench.Registry);
        var detector = new LanguageDetector(new SequenceClassifier(_bench.Registry, _bench.Time));
        _libre = new LibreTranslation(new Translator(models, _bench.Time), models, detector, new RequestReader(options), options, _bench.Time);
    }

    private FakeEncoderBackend Detector => _bench.Backends.Of(LanguageDetector.Model);

    [Fact]
    public async Task Translate_TextsOfTwoLanguages_AddsThemUp()
    {
        await TranslateAsync(English, French, English);

        Assert.Equal(3, _context.Served().Inputs);
        Assert.Equal(3, _context.Served().InputTokens - (2 * TokensOf(English).Length) - TokensOf(French).Length);
        Assert.NotNull(_context.Served().Timings);
    }

    [Fact]
    public async Task Translate_FaultyTextOfTheSecondLanguage_IsNamedAsTheCallerSentIt()
    {
        var tooLong = string.Concat(Enumerable.Repeat("good ", 200)) + "1";

        var fault = await Assert.ThrowsAsync<ServingException>(() => TranslateAsync(English, French, tooLong));

        Assert.Equal(ServingErrorCode.InputTooLong, fault.Code);
        Assert.Equal("q[2]", Assert.Single(fault.FieldErrors!).Key);
        Assert.StartsWith("q[2]: ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("en")]
    public async Task Translate_OneFaultyText_IsNamedByItsField(string source)
    {
        var request = new LibreTranslateRequest { Q = new([" "], true, 1), Source = source, Target = "de" };

        var fault = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(_libre.TranslateAsync(request, _context)));

        Assert.Equal("q", Assert.Single(fault.FieldErrors!).Key);
    }

    // A detection that took every request for a normal one would let low ones pass before others.
    [Fact]
    public async Task Detect_WithAPriorityThatIsNone_IsRefused()
    {
        _context.Request.Headers["X-Priority"] = "urgent";

        var fault = await Assert.ThrowsAsync<ServingException>(() => _libre.DetectAsync(new LibreDetectRequest { Q = new([English], true, 1) }, _context));

        Assert.Equal("X-Priority", Assert.Single(fault.FieldErrors!).Key);
    }

    [Fact]
    public async Task Translate_WhoseDetectionTookItsTime_HasWhatIsLeftAndNoMore()
    {
        _context.Request.Headers["X-Request-Timeout-Ms"] = "1500";
        // Detection and two languages: together more than there is, each alone less.
        Detector.OnRun = () => _bench.Time.Advance(TimeSpan.FromSeconds(1));
        _decoders.ForEach(decoder => decoder.OnRun = _ =>
        {
            decoder.OnRun = null;
            _bench.Time.Advance(TimeSpan.FromSeconds(0.4));
        });

        var fault = await Assert.ThrowsAsync<ServingException>(() => TranslateAsync(English, French));

        Assert.Equal(ServingErrorCode.DeadlineExceeded, fault.Code);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _repository.Dispose();
    }

    private static long[] TokensOf(string text) => [.. TranslatorBench.Tokenizer.Encode(text, 100).Ids[..^1]];

    private Task<LibreTranslateResponse> TranslateAsync(params string[] texts) =>
        Patience.Wait(_libre.TranslateAsync(new LibreTranslateRequest { Q = new(texts, false, texts.Length), Source = "auto", Target = "de" }, _context));
}
