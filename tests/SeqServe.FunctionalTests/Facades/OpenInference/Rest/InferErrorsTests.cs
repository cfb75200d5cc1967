using System.Text;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

/// <summary>Every row of the error table that the protocol's routes can answer, and every way in which a request can be none.</summary>
public sealed class InferErrorsTests(TensorServer server) : IClassFixture<TensorServer>
{
    private const string Good = """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}""";

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("{", "JSON is not valid")]
    [InlineData("[]", "JSON object")]
    [InlineData("{} x", "JSON is not valid")]
    [InlineData("{\"inputs\": 1}", "\"inputs\" must be an array")]
    [InlineData("{\"inputs\": [1]}", "objects")]
    [InlineData("{\"id\": 1}", "id must be a string")]
    [InlineData("{\"id\": \"\\ud800\"}", "not valid Unicode")]
    [InlineData("{\"parameters\": 1}", "parameters must be an object")]
    [InlineData("{\"parameters\": {\"binary_data_output\": 1}}", "must be true or false")]
    [InlineData("{\"outputs\": [{}]}", "outputs[0]: name is missing")]
    [InlineData("{\"outputs\": [{\"name\": \"y\", \"parameters\": {\"classification\": 3}}]}", "not supported")]
    [InlineData("{\"inputs\": []}", "An input is missing: x [-1,2] FP32")]
    [InlineData("{\"inputs\": [{\"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}", "inputs[0]: name is missing")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"data\": [1]}]}", "shape is missing")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"data\": [1]}]}", "datatype is missing")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\"}]}", "data is missing")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP33\", \"data\": []}]}", "datatype must be one of")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, -2], \"datatype\": \"FP32\", \"data\": []}]}", "none of them negative")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": \"2\", \"datatype\": \"FP32\", \"data\": []}]}", "array of whole numbers")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [4000000000, 4000000000], \"datatype\": \"FP32\", \"data\": []}]}", "more elements than the limit of")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [500000000, 2], \"datatype\": \"FP32\", \"data\": [1]}]}", "1000000000 elements, data has 1")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": [1, \"a\"]}]}", "element 1 is not a number")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": [1, {}]}]}", "element 1 is not a number")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"INT8\", \"data\": [1, 200]}]}",
        "element 1 is not a whole number that INT8 can hold")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"INT64\", \"data\": [1, 1.5]}]}", "element 1 is not a whole number")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP16\", \"data\": [65504, 70000]}]}",
        "element 1 is not a number that FP16 can hold")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": [3e38, -1e39]}]}",
        "element 1 is not a number that FP32 can hold")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP64\", \"data\": [1e308, 1e999]}]}",
        "element 1 is not a number that FP64 can hold")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"BOOL\", \"data\": [true, 1]}]}", "element 1 is not true or false")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"BYTES\", \"data\": [\"a\", 1]}]}", "element 1 is not a string")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": [1, 2, 3]}]}", "2 elements, data has 3")]
    [InlineData("{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 3], \"datatype\": \"FP32\", \"data\": [1, 2, 3]}]}", "the graph takes [-1,2]")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": [1, 2]}], \"outputs\": [{\"name\": \"z\"}]}",
        "output \"z\": is unknown; the outputs are y, n")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"parameters\": {\"shared_memory_region\": \"r\"}}]}",
        "shared memory is not supported")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": 8}}]}", "ends 8 bytes too early")]
    [InlineData(
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": 7}}]}",
        "has 8 bytes, binary_data_size is 7")]
    public async Task Infer_RequestThatIsNone_SaysWhatToChange(string body, string part) =>
        Assert.Contains(part, await server.Client.InferAsync(TensorServer.Same, body).ErrorAsync(400), StringComparison.Ordinal);

    [Fact]
    public async Task Infer_StringOfInvalidUtf8_IsRefused()
    {
        byte[] body = [.. """{"inputs": [{"name": "x", "shape": [1], "datatype": "BYTES", "data": ["a"""u8, 0xFF, .. "\"]}]}"u8];

        Assert.Contains("element 0 is not valid UTF-8", await server.Client.InferAsync(TensorServer.Strings, body).ErrorAsync(400), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "at least 1")]
    [InlineData("-1", "at least 1")]
    [InlineData("x", "at least 1")]
    [InlineData("100000", "not more than the body has")]
    [InlineData("5", "JSON is not valid")]
    public async Task Infer_JsonLengthThatIsNone_IsRefused(string length, string part) =>
        Assert.Contains(
            part, await server.Client.InferAsync(TensorServer.Same, Good, (OpenInferenceCalls.JsonLength, length)).ErrorAsync(400), StringComparison.Ordinal);

    [Fact]
    public async Task Infer_MoreBytesThanTheTensorsHave_AreRefused() =>
        Assert.Contains(
            "goes on after the last tensor", await server.Client.InferAsync(TensorServer.Same, Good, new byte[3]).ErrorAsync(400), StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 9, 0, 0, 0, 1 }, "ends in the middle of element 0")]
    [InlineData(new byte[] { 1, 0, 0, 0, 1 }, "2 elements, the binary data has 1")]
    public async Task Infer_BinaryStringsThatAreNone_AreRefused(byte[] bytes, string part) => Assert.Contains(
        part,
        await server.Client.InferAsync(
            TensorServer.Strings,
            $$$"""{"inputs": [{"name": "x", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": {{{bytes.Length}}}}}]}""",
            bytes).ErrorAsync(400),
        StringComparison.Ordinal);

    [Fact]
    public async Task Infer_NoRowsIntoARecurrentGraph_IsRefusedAndTheServerLives()
    {
        var error = await server.Client.InferAsync(
            TensorServer.Recurrent, """{"inputs": [{"name": "x", "shape": [1, 0, 1], "datatype": "FP32", "data": []}]}""").ErrorAsync(400);
        var answer = await server.Client.InferAsync(
            TensorServer.Recurrent, """{"inputs": [{"name": "x", "shape": [1, 1, 1], "datatype": "FP32", "data": [0]}]}""").ReadAsync();

        Assert.Contains("recurrent graph", error, StringComparison.Ordinal);
        Assert.Equal("[0]", answer.Outputs()["y"].GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("/v2/models/none/infer")]
    [InlineData("/v2/models/same/versions/9/infer")]
    [InlineData("/v2/models/same/versions/x/infer")]
    public async Task Infer_UnknownModelOrVersion_BeginsAsClientsExpect(string path)
    {
        using var content = new StringContent(Good, Encoding.UTF8, "application/json");

        var error = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content).ErrorAsync(404);

        Assert.StartsWith("Request for unknown model", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_ValuesThatAKernelRefuses_Are400AndTheNextSucceeds()
    {
        string Ask(int index) => $$"""
            {"inputs": [
                {"name": "x", "shape": [1], "datatype": "FP32", "data": [7]},
                {"name": "i", "shape": [1], "datatype": "INT64", "data": [{{index}}]}]}
            """;

        var error = await server.Client.InferAsync(TensorServer.Pick, Ask(3)).ErrorAsync(400);
        var answer = await server.Client.InferAsync(TensorServer.Pick, Ask(0)).ReadAsync();

        Assert.StartsWith("inputs \"x\" [1], \"i\" [1]: node Gather cannot take these values: indices element", error, StringComparison.Ordinal);
        Assert.Equal("[7]", answer.Outputs()["y"].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Infer_LargerThanTheServerTakes_Is413() =>
        Assert.Contains("8388608 bytes", await server.Client.InferAsync(TensorServer.Same, new byte[(8 << 20) + 1]).ErrorAsync(413), StringComparison.Ordinal);

    [Fact]
    public async Task Infer_WrongMethod_HasTheProtocolsShape() =>
        Assert.NotEmpty(await server.Client.GetAsync(new Uri("/v2/models/same/infer", UriKind.Relative)).ErrorAsync(405));

    [Fact]
    public async Task Infer_CompressedBody_IsRefused() =>
        Assert.Contains(
            "Content-Encoding",
            await server.Client.InferAsync(TensorServer.Same, Good, ("Content-Encoding", "gzip")).ErrorAsync(400),
            StringComparison.Ordinal);

    [Fact]
    public async Task Infer_DeadlineInTheHeaderThatIsNone_IsRefused() =>
        Assert.Contains(
            "X-Request-Timeout-Ms",
            await server.Client.InferAsync(TensorServer.Same, Good, ("X-Request-Timeout-Ms", "soon")).ErrorAsync(400),
            StringComparison.Ordinal);
}
