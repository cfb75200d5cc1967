using SeqServe.Api.Facades.OpenAI.Contracts;
using SeqServe.Api.Requests;
using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling.Completions;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>From the contract of <c>/v1/completions</c> to the use case. Every field of OpenAI's is known: honoured, or refused by name.</summary>
public sealed class CompletionsMapper(RequestReader reader)
{
    private const int MaxStops = 4;

    internal CompletionRequest ToRequest(CompletionsRequest request, HttpContext context)
    {
        RefuseUnsupported(request);
        return new CompletionRequest(reader.Prompts(request.Prompt, "prompt"))
        {
            Model = request.Model,
            MaxTokens = request.MaxTokens,
            Choices = request.N ?? 1,
            Sampling = new SamplingOptions
            {
                Temperature = request.Temperature is null ? null : request.Temperature.InRange("temperature", 0, 2, 1),
                TopP = request.TopP is null ? null : request.TopP.InRange("top_p", 0, 1, 1),
                TopK = request.TopK is null ? null : request.TopK.InRange("top_k", 1, int.MaxValue, 1),
                PresencePenalty = request.PresencePenalty.InRange("presence_penalty", -2, 2, 0),
                FrequencyPenalty = request.FrequencyPenalty.InRange("frequency_penalty", -2, 2, 0),
                LogitBias = request.LogitBias?.ToDictionary(b => b.Key, b => (float)((double?)b.Value).InRange("logit_bias", -100, 100, 0)),
            },
            Seed = request.Seed,
            LogProbabilities = request.Logprobs is null ? null : request.Logprobs.InRange("logprobs", 0, 5, 0),
            Echo = request.Echo ?? false,
            Stops = Stops(request),
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };
    }

    private static IReadOnlyList<string> Stops(CompletionsRequest request)
    {
        if (request.Stop is not { } stop)
            return [];
        if (stop.Count > MaxStops)
            throw Refuse("stop", $"holds {stop.Count} strings, at most {MaxStops} are taken");
        return stop.Texts.Contains("") ? throw Refuse("stop", "holds an empty string; every answer would be empty") : stop.Texts;
    }

    private static void RefuseUnsupported(CompletionsRequest request)
    {
        if (request.BestOf is { } bestOf && bestOf != (request.N ?? 1))
            throw Refuse("best_of", "is not supported beyond n; leave it out, or ask for n answers with logprobs and choose");
        if (!string.IsNullOrEmpty(request.Suffix))
            throw Refuse("suffix", "is not supported: these models read from left to right only; leave it out");
        if (request.StreamOptions is not null && request.Stream != true)
            throw Refuse("stream_options", "belongs to \"stream\": true; leave it out or stream");
        if (request.StreamOptions?.IncludeObfuscation == true)
            throw Refuse("stream_options", "include_obfuscation is not supported; leave it out");
    }

    private static ServingException Refuse(string field, string message) => ServingException.ForField(ServingErrorCode.InvalidRequest, field, message);
}
