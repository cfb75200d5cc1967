using SeqServe.Attack.Generation;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>A model is loaded anew, unloaded and loaded under traffic, by all three facades: a reload fails no request, an unload answers 503 or 404.</summary>
internal sealed class LifeCyclePhase : IPhase
{
    private const int Reloads = 6;
    private const int Cycles = 4;
    private const int Clients = 3;

    private const string Service = "/inference.GRPCInferenceService/";

    public string Name => "life-cycle";

    public bool NeedsOwnServer => true;

    public async Task RunAsync(AttackContext context, Tally tally)
    {
        using var admin = new Exchange(context with { Options = context.Options with { Patience = TimeSpan.FromMinutes(1) } });
        await UnderTrafficAsync(context, tally, mayBeAway: false, async () =>
        {
            for (var i = 0; i < Reloads; i++)
                await AdminAsync(context, tally, admin, i, isLoad: true);
        });
        await UnderTrafficAsync(context, tally, mayBeAway: true, async () =>
        {
            for (var i = 0; i < Cycles; i++)
            {
                await AdminAsync(context, tally, admin, i, isLoad: false);
                await AdminAsync(context, tally, admin, i + 1, isLoad: true);
            }
        });
    }

    private static async Task UnderTrafficAsync(AttackContext context, Tally tally, bool mayBeAway, Func<Task> work)
    {
        var done = Task.Run(work);
        var clients = Enumerable.Range(0, Clients).Select(_ => TrafficAsync(context, tally, mayBeAway, done));
        await Task.WhenAll([.. clients, CanaryLoop.UntilAsync(done, context, tally)]);
    }

    private static async Task TrafficAsync(AttackContext context, Tally tally, bool mayBeAway, Task until)
    {
        using var exchange = context.Connect();
        var draft = HttpDraft.Json("/v1/classify", $$"""{"inputs": "A dull, lifeless mess.", "model": "{{AttackModels.Life}}"}""");
        draft.Expectation = mayBeAway ? Expectation.Answer : Expectation.Success;
        var request = draft.ToRequest() with { Kind = "life-cycle" };
        while (!until.IsCompleted)
        {
            var outcome = await exchange.SendAsync(request, tally, () => "loads and unloads");
            var isRight = outcome.Answers is [var answer] && (answer.Status == 200 || (mayBeAway && answer.Status is 503 or 404));
            if (!isRight && outcome.Answers is [var wrong])
                context.Violation("a request fails under loads and unloads", $"{wrong.Status} {wrong.Text}");
        }
    }

    private static async Task AdminAsync(AttackContext context, Tally tally, Exchange admin, int facade, bool isLoad)
    {
        var verb = isLoad ? "load" : "unload";
        AttackRequest request = (facade % 3) switch
        {
            0 => HttpDraft.Json($"/v1/models/{AttackModels.Life}/{verb}", "").ToRequest(),
            1 => HttpDraft.Json($"/v2/repository/models/{AttackModels.Life}/{verb}", "{}").ToRequest(),
            _ => Call(isLoad ? "RepositoryModelLoad" : "RepositoryModelUnload"),
        };
        var outcome = await admin.SendAsync(request with { Kind = "life-cycle", Expectation = Expectation.Answer }, tally, () => "loads and unloads");
        if (outcome.Answers is not [{ GrpcStatus: 0 }] and not [{ GrpcStatus: null, Status: >= 200 and <= 299 }])
        {
            var answer = outcome.Answers is [var first, ..] ? first : default;
            context.Violation("a model cannot be loaded or unloaded", $"{request.Label}: {outcome.End} {answer.Status} {answer.GrpcStatus} {answer.Text}");
        }
    }

    private static GrpcRequest Call(string method) =>
        new() { Label = Service + method, Path = Service + method, Body = Wire.Frame(Wire.Text(2, AttackModels.Life)) };
}
