using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Sending;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>
/// Runs without an end: of a loop whose count the client sends, ended by its deadline or its leaving, and of a graph that is placed while the server polls and
/// whose first run never ends. Other models answer all the time, and polling goes on.
/// </summary>
internal sealed class EndlessPhase : IPhase
{
    private const string Infer = "/inference.GRPCInferenceService/ModelInfer";

    private static readonly TimeSpan s_unavailableLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan s_foundLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_leaveAfter = TimeSpan.FromMilliseconds(500);

    public string Name => "endless";

    public bool NeedsOwnServer => true;

    public async Task RunAsync(AttackContext context, Tally tally)
    {
        using var exchange = context.Connect();
        // More at once than there are threads to compute with.
        var several = Environment.ProcessorCount + 2;
        await CanaryLoop.UntilAsync(Task.WhenAll(Enumerable.Range(0, several).Select(i => DeadlineAsync(context, tally, i))), context, tally);
        await CanaryLoop.UntilAsync(Task.WhenAll(Enumerable.Range(0, several).Select(_ => LeaveAsync(context))), context, tally);
        using (var canaries = context.ConnectCanaries())
            await canaries.AskAllAsync(tally);
        await CanaryLoop.UntilAsync(PlaceAsync(context, exchange), context, tally);
    }

    /// <summary>A run of some hours.</summary>
    public static HttpDraft Endless() => HttpDraft.Json($"/v2/models/{AttackGraphs.LoopOfTheClient}/infer", new JsonObject
    {
        ["inputs"] = new JsonArray([.. Inputs().Select(input => input.ToJson())]),
    }.ToJsonString());

    private static TensorSample[] Inputs() => [new("x", "FP32", [1, 2], [1, 2]), new("n", "INT64", [], [1L << 40])];

    private static async Task DeadlineAsync(AttackContext context, Tally tally, int client)
    {
        using var exchange = context.Connect();
        AttackRequest request;
        if (client % 2 == 0)
        {
            var draft = Endless();
            draft.Set("X-Request-Timeout-Ms", "1000");
            request = draft.ToRequest();
        }
        else
        {
            request = new GrpcRequest
            {
                Label = Infer,
                Path = Infer,
                Body = Wire.Frame(OddProtobuf.Infer(AttackGraphs.LoopOfTheClient, Inputs())),
                Headers = [("grpc-timeout", "1S")],
                Expectation = Expectation.Answer,
            };
        }

        var outcome = await exchange.SendAsync(request with { Kind = "endless" }, tally, () => "endless runs");
        if (outcome.Answers is [var answer] && !Judge.IsBusy(answer))
            context.Violation("an endless run is answered", $"{answer.Status} {answer.GrpcStatus} {answer.Text}");
    }

    private static async Task LeaveAsync(AttackContext context)
    {
        using var client = new HttpClient { BaseAddress = context.Target.Http, Timeout = s_leaveAfter };
        var draft = Endless();
        try
        {
            using var content = new ByteArrayContent(draft.Body);
            using var response = await client.PostAsync(new Uri(draft.Target, UriKind.Relative), content);
            if ((int)response.StatusCode is not (429 or 503 or 504))
                context.Violation("an endless run is answered", $"{(int)response.StatusCode}");
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            // It has left.
        }
    }

    private static async Task PlaceAsync(AttackContext context, Exchange exchange)
    {
        var models = context.Target.Models!;
        context.Target.Own!.Log.Expected.Add(AttackModels.WithoutEnd);
        models.Place(AttackModels.WithoutEnd, AttackGraphs.Loop(isEndless: true));
        await UntilAsync(context, exchange, AttackModels.WithoutEnd, "Unavailable", s_unavailableLimit);
        models.Place(AttackModels.Late, AttackGraphs.Doubled());
        await UntilAsync(context, exchange, AttackModels.Late, "Ready", s_foundLimit);
        models.Remove(AttackModels.WithoutEnd);
        await UntilAsync(context, exchange, AttackModels.WithoutEnd, "", s_foundLimit);
    }

    // Nothing of a model that is gone, or was there and is unloaded.
    private static string? StateOf(Answer answer)
    {
        if (answer.Status == 404)
            return "";
        var version = JsonNode.Parse(answer.Text)?["versions"]?[0];
        return (string?)version?["reason"] == "unloaded" ? "" : (string?)version?["state"];
    }

    private static async Task UntilAsync(AttackContext context, Exchange exchange, string model, string state, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        string? seen = null;
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            var outcome = await exchange.SendAsync(HttpDraft.Get($"/v1/models/{model}").ToRequest());
            seen = outcome.Answers is [var answer] ? StateOf(answer) : null;
            if (seen == state)
            {
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {model} is {(state.Length == 0 ? "gone" : state)} after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
                return;
            }

            await Task.Delay(s_poll, TimeProvider.System);
        }

        context.Violation("a model does not come into its state", $"{model} is {seen ?? "not told of"} after {limit.TotalSeconds:0} s, not {state}");
    }
}
