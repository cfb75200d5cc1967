using System.Text.Json.Nodes;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using static SeqServe.UnitTests.Core.Tasks.Tensors.TensorBench;

namespace SeqServe.UnitTests.Core.Tasks.Tensors;

/// <summary>A graph whose state is the sum of all that a sequence has sent: <c>y = h_out = x + h</c>.</summary>
internal static class SequenceBench
{
    private static readonly TensorSpec s_x = new("x", TensorDatatype.Fp32, [-1, 1]);

    public static TensorBench Bench(Action<JsonObject>? edit = null, StateBudget? states = null)
    {
        return new TensorBench(Backend([-1, 1]), Edit, states);

        void Edit(JsonObject json)
        {
            json["state"] = new JsonArray(new JsonObject { ["in"] = "h", ["out"] = "h_out" });
            edit?.Invoke(json);
        }
    }

    public static FakeTensorBackend Backend(long[] state, long[]? x = null) => new()
    {
        Signature = new TensorSignature(
            [x is null ? s_x : s_x with { Shape = x }, new TensorSpec("h", TensorDatatype.Fp32, state)],
            [new TensorSpec("y", TensorDatatype.Fp32, [-1, 1]), new TensorSpec("h_out", TensorDatatype.Fp32, state)]),
        Answer = inputs =>
        {
            var sums = Values(inputs.Single(i => i.Name == "x")).Zip(Values(inputs.Single(i => i.Name == "h")), (x, h) => x + h).ToArray();
            return [Floats("y", [.. inputs[0].Shape], sums), Floats("h_out", [.. inputs[0].Shape], sums)];
        },
    };

    public static async Task<float> Send(
        TensorBench bench, object? id, float x, bool starts = false, bool ends = false, TimeSpan? timeout = null, SequenceHolder? holder = null,
        CancellationToken cancellation = default)
    {
        var request = new TensorRequest("a", [Floats("x", [1, 1], x)])
        {
            Parameters = Parameters(id, starts, ends),
            Timeout = timeout,
            Holder = holder ?? SequenceHolder.Only,
        };
        using var response = await bench.Infer(request, cancellation);
        return Values(Assert.Single(response.Outputs))[0];
    }

    public static TensorParameters Parameters(object? id, bool starts, bool ends)
    {
        var values = new Dictionary<string, object> { ["sequence_start"] = starts, ["sequence_end"] = ends };
        if (id is not null)
            values["sequence_id"] = id;
        return new TensorParameters(values);
    }

    public static TensorSequences Sequences(TensorBench bench)
    {
        using var lease = bench.Registry.Registry.Acquire("a", null);
        return lease.Model.Graphs.Main!.Sequences!;
    }

    public static Task<ServingException> Refusal(Func<Task> act) => Assert.ThrowsAsync<ServingException>(act);
}
