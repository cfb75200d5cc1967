using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Json;
using SeqServe.Api.Requests;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Between LibreTranslate's protocol and the use cases.</summary>
public sealed class LibreTranslation(
    Translator translator, TranslationModels models, LanguageDetector detector, RequestReader reader, IOptions<SeqServeOptions> options, TimeProvider time)
{
    /// <summary>The field of the texts.</summary>
    internal const string Field = "q";

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

        var deadline = Deadline(context);
        // What the detector sees is not what the request is counted under: that is the translator.
        var detected = request.Source == Auto ? await DetectAsync(texts, new ServedRequest(), deadline, context) : null;
        var languages = detected is null ? null : Array.ConvertAll(detected, all => ToDetection(all[0]));
        var results = await TranslateAsync(request, texts, languages, deadline, context);
        return new LibreTranslateResponse(
            OneOrAll(texts, i => JsonValue.Create(results[i].Translation)),
            languages is null ? null : OneOrAll(texts, i => Node(languages[i], LibreJson.Answers.LibreDetection)),
            request.Alternatives is null or 0 ? null : OneOrAll(texts, i => Alternatives(results[i])));
    }

    internal async Task<LibreDetection[]> DetectAsync(LibreDetectRequest request, HttpContext context)
    {
        var texts = Texts(request.Q);
        if (!texts.IsSingle)
            throw Invalid("q must be one string.");
        var languages = await DetectAsync(texts, context.Served(), Deadline(context), context);
        return [.. languages[0].Select(ToDetection)];
    }

    internal LibreLanguage[] Languages() =>
    [
        .. models.Pairs()
            .GroupBy(pair => pair.Source, StringComparer.Ordinal)
            .Select(group => new LibreLanguage(group.Key, LibreLanguage.NameOf(group.Key), [.. group.Select(pair => pair.Target)])),
    ];

    internal LibreSettings Settings(bool keysAreNeeded)
    {
        var pair = models.Pairs() is [var first, ..] ? first : new LanguagePair(Auto, "en");
        var defaults = new LibreDefaultPair(Name(pair.Source), Name(pair.Target));
        return new LibreSettings(keysAreNeeded, TranslationRequest.MaxCharacters, false, 500, keysAreNeeded, defaults, false, []);
    }

    // Texts of several languages are grouped, so that each model gets its own in one request.
    private async Task<TranslatedText[]> TranslateAsync(
        LibreTranslateRequest request, TextInputs texts, LibreDetection[]? detected, RequestDeadline deadline, HttpContext context)
    {
        var results = new TranslatedText[texts.Count];
        foreach (var group in Enumerable.Range(0, texts.Count).GroupBy(i => detected?[i].Language ?? request.Source!, StringComparer.Ordinal))
        {
            int[] places = [.. group];
            if (group.Key == request.Target)
            {
                foreach (var place in places)
                    results[place] = new TranslatedText(texts.Texts[place], 0, FinishReason.Eos, [], []);
                continue;
            }

            deadline.ThrowIfOver(context.RequestAborted);
            var asked = new TranslationRequest([.. places.Select(place => texts.Texts[place])])
            {
                Field = Field,
                Places = places,
                IsSingle = texts.IsSingle,
                Source = group.Key,
                Target = request.Target,
                Alternatives = request.Alternatives ?? 0,
                Timeout = deadline.Left,
                Priority = RequestReader.Priority(context),
            };
            var answer = await TranslateAsync(asked, context);
            for (var i = 0; i < places.Length; i++)
                results[places[i]] = answer.Results[i];
        }

        return results;
    }

    private async Task<TranslationResponse> TranslateAsync(TranslationRequest asked, HttpContext context)
    {
        var part = new ServedRequest();
        try
        {
            return await translator.TranslateAsync(asked, part, context.RequestAborted);
        }
        finally
        {
            AddUp(context.Served(), part);
        }
    }

    // One request may be several to the models; the log line and the metrics are of the whole.
    private static void AddUp(ServedRequest whole, ServedRequest part)
    {
        whole.Model = part.Model ?? whole.Model;
        whole.Inputs += part.Inputs;
        whole.InputTokens += part.InputTokens;
        if (part.Timings is not { } added)
            return;
        whole.Timings = whole.Timings is { } had ? Sum(had, added) : added;
    }

    private static InferenceTimings Sum(InferenceTimings a, InferenceTimings b) =>
        new(a.Tokenize + b.Tokenize, a.Queue + b.Queue, a.Compute + b.Compute, Math.Max(a.BatchSize, b.BatchSize));

    private Task<IReadOnlyList<LabelScore>[]> DetectAsync(TextInputs texts, ServedRequest observed, RequestDeadline deadline, HttpContext context) =>
        detector.DetectAsync(texts.Texts, texts.IsSingle, observed, RequestReader.Priority(context), deadline, context.RequestAborted);

    private RequestDeadline Deadline(HttpContext context) => new(reader.Timeout(context), time.GetTimestamp(), time);

    private TextInputs Texts(TextInputs? q)
    {
        var most = options.Value.MaxClientBatch;
        if (q is null || q.Count == 0)
            throw Invalid("q is missing; send a string or an array of strings.");
        return q.Count <= most ? q : throw Invalid($"q holds {q.Count} texts, at most {most} are taken; send several requests.");
    }

    private static JsonArray Alternatives(TranslatedText text) =>
        [.. text.Alternatives.Select(alternative => (JsonNode)JsonValue.Create(alternative.Translation))];

    private static LibreDetection ToDetection(LabelScore score) => new(Math.Round(score.Score * 100.0, 1), score.Label);

    private static LibreLanguageName Name(string code) => new(code, LibreLanguage.NameOf(code));

    private static JsonNode OneOrAll(TextInputs texts, Func<int, JsonNode> one) =>
        texts.IsSingle ? one(0) : new JsonArray([.. Enumerable.Range(0, texts.Count).Select(one)]);

    private static JsonNode Node<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type)!;

    private static ServingException Invalid(string message) => new(ServingErrorCode.InvalidRequest, message);
}
