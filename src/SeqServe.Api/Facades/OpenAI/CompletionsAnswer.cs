using System.Diagnostics;
using System.Runtime.CompilerServices;
using SeqServe.Api.Facades.OpenAI.Contracts;
using SeqServe.Api.Streaming;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tasks.LanguageModeling.Completions;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>Tells a running completion in OpenAI's words: as one object, or as chunks. Both read the same pieces.</summary>
internal sealed class CompletionsAnswer(RunningCompletion running, CompletionRequest request, DateTimeOffset created)
{
    private static readonly ReadOnlyMemory<byte> s_done = "[DONE]"u8.ToArray();

    private readonly string _id = $"cmpl-{Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("N")}";
    private readonly string _fingerprint = $"{running.Model}/{running.Version}";

    /// <summary>The whole answer.</summary>
    public async Task<CompletionsResponse> ReadAllAsync(CancellationToken cancellation)
    {
        var choices = new List<CompletionPiece>[request.Prompts.Prompts.Count * request.Choices];
        await foreach (var piece in running.ReadAsync(cancellation))
            (choices[piece.Choice] ??= []).Add(piece);
        return Response([.. choices.Select(Join)], Usage());
    }

    /// <summary>A chunk for each piece, then what it cost if that is wanted, then the end.</summary>
    public async IAsyncEnumerable<StreamEvent> ReadEventsAsync(bool withUsage, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var piece in running.ReadAsync(cancellation))
            yield return Event(Response([Choice(piece)], null));
        if (withUsage)
            yield return Event(Response([], Usage()));
        yield return new StreamEvent(null, s_done);
    }

    private static StreamEvent Event(CompletionsResponse chunk) => StreamEvent.Of(null, chunk, OpenAIJson.Answers.CompletionsResponse);

    private CompletionsUsage Usage() => new(running.InputTokens, running.OutputTokens, running.InputTokens + running.OutputTokens);

    private CompletionsResponse Response(IReadOnlyList<CompletionsChoice> choices, CompletionsUsage? usage) => new()
    {
        Id = _id,
        Created = created.ToUnixTimeSeconds(),
        Model = running.Model,
        SystemFingerprint = _fingerprint,
        Choices = choices,
        Usage = usage,
    };

    private CompletionsChoice Join(List<CompletionPiece> pieces) =>
        Choice(new CompletionPiece(pieces[0].Choice, string.Concat(pieces.Select(p => p.Text)), [.. pieces.SelectMany(p => p.Tokens)], pieces[^1].Finish));

    private CompletionsChoice Choice(CompletionPiece piece) => new()
    {
        Text = piece.Text,
        Index = piece.Choice,
        Logprobs = request.LogProbabilities is null ? null : Logprobs(piece.Tokens),
        FinishReason = piece.Finish switch
        {
            null => null,
            FinishReason.Length => "length",
            _ => "stop",
        },
    };

    private CompletionsLogprobs Logprobs(IReadOnlyList<CompletedToken> tokens) => new()
    {
        Tokens = [.. tokens.Select(t => t.Text)],
        TokenLogprobs = [.. tokens.Select(t => t.LogProbability)],
        TopLogprobs = request.LogProbabilities == 0 ? null : [.. tokens.Select(t => Best(t.Best))],
        TextOffset = [.. tokens.Select(t => t.Offset)],
    };

    private static Dictionary<string, double>? Best(IReadOnlyList<KeyValuePair<string, double>>? best)
    {
        if (best is null)
            return null;
        var byText = new Dictionary<string, double>(best.Count);
        // Of two tokens that look the same, the more probable one is kept.
        foreach (var (text, logProbability) in best)
            byText.TryAdd(text, logProbability);
        return byText;
    }
}
