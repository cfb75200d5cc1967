using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Sending;
using SeqServe.Attack.Server;

namespace SeqServe.Attack.Verdicts;

/// <summary>
/// Good requests among the bad ones, by clients that behave. Graphs are asked for what can be calculated here; models of language must answer as they did
/// before the attack.
/// </summary>
/// <param name="target">The server.</param>
/// <param name="options">How long an answer may take.</param>
/// <param name="violations">Where wrong and missing answers are noted.</param>
internal sealed class Canaries(AttackTarget target, AttackOptions options, Violations violations) : IDisposable
{
    private const double Tolerance = 1e-3;

    // By route and body: what the first answer said.
    private static readonly ConcurrentDictionary<string, (string Words, double Number)> s_first = new(StringComparer.Ordinal);

    private static readonly (string Route, string Body, string Words, string Number)[] s_texts =
    [
        ("/v1/classify", """{"inputs": "A dull, lifeless mess.", "model": "sentiment-gru"}""", "label", "score"),
        ("/v1/classify", """{"inputs": "This film is a quiet, moving triumph.", "model": "sentiment-transformer"}""", "label", "score"),
        ("/v1/translate", """{"inputs": "Where is the station?", "source": "en", "target": "fr", "model": "en-fr-transformer"}""", "translation", "score"),
        ("/v1/next-token", """{"inputs": "The clouds are in the", "model": "lm-gru", "top_k": 1}""", "token", "probability"),
    ];

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = target.Http, Timeout = options.Patience };
    private readonly GrpcSender? _grpc = target.Grpc is { } grpc ? new GrpcSender(grpc, options.Patience) : null;

    /// <summary>Asks each of them once.</summary>
    public async Task AskAllAsync(Tally tally)
    {
        for (var i = 0; i < s_texts.Length + 2; i++)
            await AskAsync(tally, new Dice(options.Seed, i), i);
    }

    /// <summary>Asks one of them.</summary>
    /// <param name="tally">Counts it.</param>
    /// <param name="index">Says which, and its numbers.</param>
    public Task AskAsync(Tally tally, long index)
    {
        var dice = new Dice(~options.Seed, index);
        return AskAsync(tally, dice, dice.Below(s_texts.Length + 2));
    }

    public void Dispose()
    {
        _client.Dispose();
        _grpc?.Dispose();
    }

    private async Task AskAsync(Tally tally, Dice dice, int which)
    {
        var sentAt = Stopwatch.GetTimestamp();
        var deaths = target.Deaths;
        var fault = which < s_texts.Length ? await TextAsync(which) : which == s_texts.Length || _grpc is null ? await RestAsync(dice) : await GrpcAsync(dice);
        if (fault is null or "")
            tally.AddCanary(isRefused: fault is not null, Stopwatch.GetElapsedTime(sentAt));
        else if (!await target.HasDiedAsync(deaths, violations, () => "a good request"))
            violations.Add("a good request among the bad ones", fault);
    }

    // Null when the answer is right, empty when the server is busy, else what is wrong.
    private async Task<string?> TextAsync(int which)
    {
        var (route, body, words, number) = s_texts[which];
        var (fault, answer) = await PostAsync(route, body);
        if (answer is null)
            return fault;
        var result = answer["results"]![0]!;
        result = result["candidates"]?[0] ?? result;
        var got = ((string)result[words]!, (double)result[number]!);
        var first = s_first.GetOrAdd($"{target.Http} {route} {body}", got);
        return first.Words == got.Item1 && Math.Abs(first.Number - got.Item2) < Tolerance ? null
            : string.Create(CultureInfo.InvariantCulture, $"{route} {body} was {first.Words} {first.Number}, is {got.Item1} {got.Item2}");
    }

    private async Task<string?> RestAsync(Dice dice)
    {
        var values = Values(dice);
        var input = new TensorSample("x", "FP32", [2, 2], values);
        var (fault, answer) = await PostAsync($"/v2/models/{AttackGraphs.Twice}/infer", $$"""{"inputs": [{{input.ToJson().ToJsonString()}}]}""");
        if (answer is null)
            return fault;
        var data = answer["outputs"]![0]!["data"]!.AsArray().Select(element => (double)element!);
        return data.SequenceEqual(values.Select(v => 2.0 * v)) ? null : $"twice {string.Join(',', values)} is {answer.ToJsonString()}";
    }

    private async Task<string?> GrpcAsync(Dice dice)
    {
        var values = Values(dice);
        const string Path = "/inference.GRPCInferenceService/ModelInfer";
        var message = OddProtobuf.Infer(AttackGraphs.Twice, [new TensorSample("x", "FP32", [2, 2], values)]);
        var outcome = await _grpc!.SendAsync(new GrpcRequest { Label = Path, Path = Path, Body = Wire.Frame(message) });
        if (outcome.Answers is not [var answer])
            return $"gRPC: {outcome.End}";
        if (Judge.IsBusy(answer))
            return "";
        // Whether typed or raw, the elements lie side by side.
        var expected = new TensorSample("y", "FP32", [2, 2], [.. values.Select(v => 2 * v)]).ToBytes();
        return answer.GrpcStatus == 0 && _grpc.LastBody.AsSpan().IndexOf(expected) >= 0 ? null
            : $"gRPC: twice {string.Join(',', values)} is status {answer.GrpcStatus} {answer.Text}";
    }

    private async Task<(string? Fault, JsonNode? Answer)> PostAsync(string route, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _client.PostAsync(new Uri(route, UriKind.Relative), content);
            var text = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode is 429 or 503)
                return ("", null);
            return response.IsSuccessStatusCode ? (null, JsonNode.Parse(text)) : ($"{route} {body}: {(int)response.StatusCode} {text}", null);
        }
        catch (OperationCanceledException)
        {
            return ($"{route} {body}: no answer in time", null);
        }
        catch (HttpRequestException e)
        {
            return ($"{route} {body}: {e.Message}", null);
        }
    }

    private static long[] Values(Dice dice) => [.. Enumerable.Range(0, 4).Select(_ => (long)dice.Below(100_000))];
}
