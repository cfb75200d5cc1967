using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

public sealed class SequenceTests(TensorServer server) : IClassFixture<TensorServer>
{
    [Fact]
    public async Task Infer_SequencesSideBySide_KeepTheirOwnSums()
    {
        var sums = await Task.WhenAll(Enumerable.Range(1, 32).Select(id => SumAsync(id % 2 == 0 ? id : $"s{id}", id)));

        Assert.Equal(Enumerable.Range(1, 32).Select(id => 8f * id), sums);
    }

    [Fact]
    public async Task Infer_SequencesOfTheLargestNumbers_AreTwo()
    {
        var sums = await Task.WhenAll(SumAsync(ulong.MaxValue, 1), SumAsync(ulong.MaxValue - 1, 2));

        Assert.Equal([8f, 16f], sums);
    }

    [Fact]
    public async Task Infer_SequenceThatHasNotBegun_SaysHowToBegin() =>
        Assert.Contains(
            "\"sequence_start\": true", await server.Client.InferAsync(TensorServer.Sum, Body(999, 1, "")).ErrorAsync(400), StringComparison.Ordinal);

    [Fact]
    public async Task Config_OfAModelWithState_TellsHowLongItIsKept() =>
        Assert.Equal(
            60_000_000,
            (await server.Client.GetJsonAsync($"/v2/models/{TensorServer.Sum}/config"))
                .GetProperty("sequence_batching").GetProperty("max_sequence_idle_microseconds").GetInt64());

    private async Task<float> SumAsync(object id, float x)
    {
        var last = 0f;
        for (var step = 0; step < 8; step++)
        {
            var flags = step == 0 ? ""","sequence_start": true""" : step == 7 ? ""","sequence_end": true""" : "";
            var answer = await server.Client.InferAsync(TensorServer.Sum, Body(id, x, flags)).ReadAsync();
            last = Assert.Single(answer.Outputs()).Value.GetProperty("data")[0].GetSingle();
        }

        return last;
    }

    private static string Body(object id, float x, string flags) =>
        $$$"""
        {"parameters": {"sequence_id": {{{JsonSerializer.Serialize(id)}}}{{{flags}}}}, "inputs": [
            {"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [{{{x}}}]}]}
        """;
}
