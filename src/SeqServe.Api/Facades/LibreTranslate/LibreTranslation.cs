using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Json;
using SeqServe.Api.Requests;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Between LibreTranslate's protocol and the use cases.</summary>
public sealed class LibreTranslation(Translator translator, TranslationModels models, LanguageDetector detector, IOptions<SeqServeOptions> options)
{
    private const string Auto = "auto";

    internal async Task<LibreTranslateResponse> TranslateAsync(LibreTranslateRequest request, HttpContext context)
    {
        var texts = Texts(request.Q);
        if (string.IsNullOrEmpty(request.Source))
            throw Invalid("source is missing; send a language code or \"auto\".");
        if (string.IsNullOrEmpty(request.Target))
            throw Invalid("target is missing; send a language code.");
        if (!string.IsNullOrEmpty(request.Format) && request.Format != "text")
            throw Invalid("format must be \"text\"; other formats are not translated.");

        var timeout = TimeoutHeader.Read(context.Request) ?? options.Value.RequestTimeout;
        var detected = request.Source == Auto ? await DetectAsync(texts.Texts, timeout, context) : null;
        var results = await TranslateAsync(request, texts, detected, timeout, context);
        return new LibreTranslateResponse(
            OneOrAll(texts, i => JsonValue.Create(results[i].Translation)),
            detected is null ? null : OneOrAll(texts, i => Node(new LibreDetection(detected[i].Confidence, detected[i].Language), LibreJson.Answers.LibreDetection)),
            request.Alternatives is null or 0 ? null : OneOrAll(texts, i => new JsonArray([.. results[i].Alternatives.Select(alternative => (JsonNode)JsonValue.Create(alternative.Translation))])));
    }

    internal async Task<LibreDetection[]> DetectAsync(LibreDetectRequest request, HttpContext context)
    {
        var texts = Texts(request.Q);
        if (!texts.IsSingle)
            throw Invalid("q must be one text.");
        var timeout = TimeoutHeader.Read(context.Request) ?? options.Value.RequestTimeout;
        var languages = (await detector.DetectAsync(texts.Texts, context.Served(), timeout, context.RequestAborted))[0];
        return [.. languages.Select(ToDetection)];
    }

    internal LibreLanguage[] Languages() =>
        [.. models.Pairs().GroupBy(pair => pair.Source, StringComparer.Ordinal).Select(group => new LibreLanguage(group.Key, LibreLanguage.NameOf(group.Key), [.. group.Select(pair => pair.Target)]))];

    internal LibreSettings Settings(bool keysAreNeeded)
    {
        var pair = models.Pairs() is [var first, ..] ? first : new LanguagePair(Auto, "en");
        return new LibreSettings(
            keysAreNeeded, TranslationRequest.MaxCharacters, false, 500, keysAreNeeded, new LibreDefaultPair(Name(pair.Source), Name(pair.Target)), false, []);
    }

    // Texts of several languages are grouped, so that each model gets its own in one request.
    private async Task<TranslatedText[]> TranslateAsync(LibreTranslateRequest request, TextInputs texts, LibreDetection[]? detected, TimeSpan? timeout, HttpContext context)
    {
        var results = new TranslatedText[texts.Count];
        foreach (var group in Enumerable.Range(0, texts.Count).GroupBy(i => detected?[i].Language ?? request.Source!, StringComparer.Ordinal))
        {
            if (group.Key == request.Target)
            {
                foreach (var i in group)
                    results[i] = new TranslatedText(texts.Texts[i], 0, SeqServe.Core.Decoding.FinishReason.Eos, [], []);
                continue;
            }

            int[] places = [.. group];
            var asked = new TranslationRequest([.. places.Select(i => texts.Texts[i])])
            {
                IsSingle = texts.IsSingle,
                Source = group.Key,
                Target = request.Target,
                Alternatives = request.Alternatives ?? 0,
                Timeout = timeout,
                Priority = RequestPriority.Read(context.Request),
            };
            var answer = await translator.TranslateAsync(asked, context.Served(), context.RequestAborted);
            for (var i = 0; i < places.Length; i++)
                results[places[i]] = answer.Results[i];
        }

        return results;
    }

    // What the detector sees is not what the request is counted under: that is the translator.
    private async Task<LibreDetection[]> DetectAsync(IReadOnlyList<string> texts, TimeSpan? timeout, HttpContext context) =>
        Array.ConvertAll(await detector.DetectAsync(texts, new ServedRequest(), timeout, context.RequestAborted), languages => ToDetection(languages[0]));

    private TextInputs Texts(TextInputs? q)
    {
        var most = options.Value.MaxClientBatch;
        if (q is null || q.Count == 0)
            throw Invalid("q is missing; send a text or an array of texts.");
        return q.Count <= most ? q : throw Invalid($"q holds {q.Count} texts, at most {most} are taken; send several requests.");
    }

    private static LibreDetection ToDetection(LabelScore score) => new(Math.Round(score.Score * 100.0, 1), score.Label);

    private static LibreLanguageName Name(string code) => new(code, LibreLanguage.NameOf(code));

    private static JsonNode OneOrAll(TextInputs texts, Func<int, JsonNode> one) => texts.IsSingle ? one(0) : new JsonArray([.. Enumerable.Range(0, texts.Count).Select(one)]);

    private static JsonNode Node<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type)!;

    private static ServingException Invalid(string message) => new(ServingErrorCode.InvalidRequest, message);
}
