using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>Requests that are right and enormous, over REST and gRPC: refused, or answered in parts, without the memory that they would take at once.</summary>
internal sealed class PricesPhase : IPhase
{
    private const double MostMiB = 300;
    private const int EmptyTensors = 8 << 20;
    private const string Infer = "/inference.GRPCInferenceService/ModelInfer";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public string Name => "prices";

    public bool NeedsOwnServer => true;

    public async Task RunAsync(AttackContext context, Tally tally)
    {
        using var exchange = new Exchange(context with { Options = context.Options with { Patience = s_patience } });
        foreach (var (model, rows, length) in new[] { ("sentiment-gru", 20_000, 256), ("en-fr-transformer", 2000, 128) })
        {
            if (await InputsAsync(exchange, model) is not [var ids, var lengths])
            {
                context.Violation("an input for the phase is missing", $"{model} does not take ids and their lengths");
                continue;
            }

            TensorSample[] inputs =
                [TensorSample.Of(ids, "INT64", [rows, length], i => 5 + (i % 1000)), TensorSample.Of(lengths, "INT64", [rows], _ => length)];
            await SendAsync(context, tally, exchange, Rest(model, inputs));
            await SendAsync(context, tally, exchange, Grpc($"{model} [{rows},{length}]", OddProtobuf.Infer(model, inputs)));
        }

        var empty = new byte[2 * EmptyTensors];
        for (var i = 0; i < EmptyTensors; i++)
            empty[2 * i] = 0x2A;
        await SendAsync(context, tally, exchange, Grpc("eight million empty tensors", empty));
    }

    private static async Task SendAsync(AttackContext context, Tally tally, Exchange exchange, AttackRequest request)
    {
        var before = MemoryWatch.Read(context.Target.Pid);
        await using var memory = new MemoryWatch(() => context.Target.Pid).Start();
        var sending = exchange.SendAsync(request with { Kind = "prices" }, tally, () => request.Label);
        await CanaryLoop.UntilAsync(sending, context, tally);
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {request.Label}: {before:0} MiB before, {memory.Highest:0} MiB at most"));
        if (before is { } level && memory.Highest - level > MostMiB)
            context.Violation("memory for an enormous request", $"{request.Label}: {level:0} MiB before, {memory.Highest:0} MiB at most");
    }

    // The names of a model's inputs as the server tells them.
    private static async Task<IReadOnlyList<string>> InputsAsync(Exchange exchange, string model)
    {
        var outcome = await exchange.SendAsync(HttpDraft.Get($"/v2/models/{model}").ToRequest());
        return outcome.Answers is [{ Status: 200 } answer]
            ? [.. JsonNode.Parse(answer.Text)!["inputs"]!.AsArray().Select(input => (string)input!["name"]!)]
            : [];
    }

    private static SocketRequest Rest(string model, TensorSample[] inputs)
    {
        var data = inputs.Select(input => input.ToBytes()).ToArray();
        var objects = inputs.Select((input, i) => new JsonObject
        {
            ["name"] = input.Name,
            ["datatype"] = input.Datatype,
            ["shape"] = new JsonArray([.. input.Shape.Select(size => JsonValue.Create(size))]),
            ["parameters"] = new JsonObject { ["binary_data_size"] = data[i].Length },
        });
        var json = Encoding.UTF8.GetBytes(new JsonObject { ["inputs"] = new JsonArray([.. objects]) }.ToJsonString());
        var draft = HttpDraft.Post($"/v2/models/{model}/infer", "application/octet-stream", [.. json, .. data[0], .. data[1]]);
        draft.Set("Inference-Header-Content-Length", json.Length.ToString(CultureInfo.InvariantCulture));
        draft.Set("X-Request-Timeout-Ms", "20000");
        return draft.ToRequest();
    }

    private static GrpcRequest Grpc(string label, byte[] message) => new()
    {
        Label = $"gRPC {label}",
        Path = Infer,
        Body = Wire.Frame(message),
        Headers = [("grpc-timeout", "20S")],
        Expectation = Expectation.Answer,
    };
}
