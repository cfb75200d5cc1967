using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

public sealed class MetadataTests(TensorServer server) : IClassFixture<TensorServer>
{
    [Fact]
    public async Task Server_SaysWhatItIs()
    {
        var metadata = await server.Client.GetJsonAsync("/v2");

        Assert.Equal("seqserve", metadata.GetProperty("name").GetString());
        Assert.Contains("binary_tensor_data", metadata.GetProperty("extensions").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("""{"live":true}""", (await server.Client.GetJsonAsync("/v2/health/live")).GetRawText());
        Assert.Equal("""{"ready":true}""", (await server.Client.GetJsonAsync("/v2/health/ready")).GetRawText());
    }

    [Theory]
    [InlineData("/v2/models/same")]
    [InlineData("/v2/models/same/versions/1?x=1")]
    public async Task Model_SaysWhatItTakesAndGives(string path)
    {
        var metadata = await server.Client.GetJsonAsync(path);

        Assert.Equal(
            """{"name":"same","versions":["1"],"platform":"onnx_onnxv1","inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],"""
            + """
            "outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]},{"name":"n","datatype":"INT64","shape":[-1,2]}]}
            """,
            metadata.GetRawText());
    }

    [Fact]
    public async Task Model_WithoutADeclaredShape_ShowsOneAxisOfAnySize() =>
        Assert.Equal("[-1]", (await server.Client.GetJsonAsync($"/v2/models/{TensorServer.Pick}")).GetProperty("outputs")[0].GetProperty("shape").GetRawText());

    [Fact]
    public async Task TextModel_ShowsItsMainGraph()
    {
        var metadata = await server.Client.GetJsonAsync($"/v2/models/{TensorServer.Classifier}");

        Assert.Equal(["ids", "lengths"], Names(metadata, "inputs"));
        Assert.Equal(["logits"], Names(metadata, "outputs"));
    }

    [Theory]
    [InlineData("/v2/models/same/ready")]
    [InlineData("/v2/models/same/versions/1/ready")]
    public async Task Ready_OfAModelThatServes_IsTrue(string path) =>
        Assert.Equal("""{"name":"same","ready":true}""", (await server.Client.GetJsonAsync(path)).GetRawText());

    [Fact]
    public async Task Config_OfABatchedModel_LeavesTheBatchOut()
    {
        var config = await server.Client.GetJsonAsync("/v2/models/same/config");

        Assert.Equal(
            ("same", "onnxruntime", 32),
            (config.GetProperty("name").GetString(), config.GetProperty("backend").GetString(), config.GetProperty("max_batch_size").GetInt32()));
        Assert.Equal("""{"name":"x","data_type":"TYPE_FP32","dims":[2]}""", config.GetProperty("input")[0].GetRawText());
        Assert.Equal(0, config.GetProperty("dynamic_batching").GetProperty("max_queue_delay_microseconds").GetInt32());
    }

    [Fact]
    public async Task Config_OfAModelThatIsRunAlone_HasEveryAxis()
    {
        var config = await server.Client.GetJsonAsync($"/v2/models/{TensorServer.Recurrent}/config");

        Assert.Equal(0, config.GetProperty("max_batch_size").GetInt32());
        Assert.Equal("[-1,-1,1]", config.GetProperty("input")[0].GetProperty("dims").GetRawText());
        Assert.False(config.TryGetProperty("dynamic_batching", out _));
    }

    [Fact]
    public async Task Stats_AfterRequests_CountThem()
    {
        var before = Stat(await server.Client.GetJsonAsync($"/v2/models/{TensorServer.Scalar}/stats"));
        for (var i = 0; i < 3; i++)
            (await server.Client.InferAsync(TensorServer.Scalar, """{"inputs": [{"name": "x", "shape": [], "datatype": "FP32", "data": [1]}]}""")).Dispose();
        (await server.Client.InferAsync(TensorServer.Scalar, """{"inputs": []}""")).Dispose();

        var after = Stat(await server.Client.GetJsonAsync($"/v2/models/{TensorServer.Scalar}/versions/1/stats"));
        var all = await server.Client.GetJsonAsync("/v2/models/stats");

        Assert.Equal(3, after.GetProperty("execution_count").GetInt64() - before.GetProperty("execution_count").GetInt64());
        Assert.Equal(3, after.GetProperty("inference_count").GetInt64() - before.GetProperty("inference_count").GetInt64());
        Assert.Equal((3, 1), (Count(after, "success") - Count(before, "success"), Count(after, "fail") - Count(before, "fail")));
        Assert.Equal(3, Count(after, "compute_infer") - Count(before, "compute_infer"));
        Assert.True(after.GetProperty("last_inference").GetInt64() > 1_600_000_000_000);
        Assert.Equal(1, Assert.Single(after.GetProperty("batch_stats").EnumerateArray()).GetProperty("batch_size").GetInt32());
        Assert.Contains(TensorServer.Same, all.GetProperty("model_stats").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task NativeList_ShowsTensorModelsToo()
    {
        var model = await server.Client.GetJsonAsync("/v1/models/same");

        Assert.Equal(("tensor", "equal-shapes"), (model.GetProperty("task").GetString(), model.GetProperty("batching").GetProperty("rows").GetString()));
    }

    [Fact]
    public async Task BareModel_IsReloadedAndUnloadedLikeTheOthers()
    {
        async Task<string> PostAsync(string verb) =>
            (await server.Client.PostAsync(
                new Uri($"/v1/models/{TensorServer.Half}/{verb}", UriKind.Relative),
                null).ReadAsync()).GetProperty("versions")[0].GetProperty("state").GetString()!;

        Assert.Equal("Ready", await PostAsync("load"));
        Assert.NotEqual("Ready", await PostAsync("unload"));
        Assert.Contains("Unavailable", await server.Client.InferAsync(TensorServer.Half, "{}").ErrorAsync(503), StringComparison.Ordinal);
        Assert.Equal("Ready", await PostAsync("load"));
    }

    private static int Count(JsonElement stat, string name) => stat.GetProperty("inference_stats").GetProperty(name).GetProperty("count").GetInt32();

    private static JsonElement Stat(JsonElement stats) => Assert.Single(stats.GetProperty("model_stats").EnumerateArray());

    private static IEnumerable<string?> Names(JsonElement metadata, string side) =>
        metadata.GetProperty(side).EnumerateArray().Select(t => t.GetProperty("name").GetString());
}
