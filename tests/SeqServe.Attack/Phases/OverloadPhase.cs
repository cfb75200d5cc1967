using System.Diagnostics;
using System.Text.Json;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Sending;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>Far more good requests than can be answered: each is answered rightly, or refused with 429, 503 or 504 in time.</summary>
internal sealed class OverloadPhase : IPhase
{
    private const int Clients = 200;

    private static readonly TimeSpan s_pauseOfRefused = TimeSpan.FromMilliseconds(50);

    private static readonly string s_classify = JsonSerializer.Serialize(new
    {
        inputs = Enumerable.Repeat("The plot is thin, the acting is worse, and the ending comes an hour too late.", 12),
        model = "sentiment-transformer",
    });

    private static readonly string s_translate = """{"inputs": "Where is the station? It is over there.", "source": "en", "target": "fr", "beam_size": 2}""";

    public string Name => "overload";

    public bool NeedsOwnServer => false;

    public async Task RunAsync(AttackContext context, Tally tally)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => ClientAsync(context, tally, client, started)));
        using var canaries = context.ConnectCanaries();
        await canaries.AskAllAsync(tally);
    }

    private static async Task ClientAsync(AttackContext context, Tally tally, int client, long started)
    {
        using var exchange = context.Connect();
        var draft = client % 4 == 0 ? HttpDraft.Json("/v1/translate", s_translate) : HttpDraft.Json("/v1/classify", s_classify);
        draft.Expectation = Expectation.Success;
        draft.Set("X-Request-Timeout-Ms", "3000");
        var request = draft.ToRequest() with { Kind = "overload" };
        while (Stopwatch.GetElapsedTime(started) < context.Options.Length && !context.Target.IsLost)
        {
            var outcome = await exchange.SendAsync(request, tally, () => "an overload of good requests");
            if (outcome.End is not End.Answered || Judge.IsBusy(outcome.Answers[^1]))
                await Task.Delay(s_pauseOfRefused, TimeProvider.System);
        }
    }
}
