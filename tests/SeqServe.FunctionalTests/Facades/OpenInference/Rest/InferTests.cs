using System.Text;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

public sealed class InferTests(TensorServer server) : IClassFixture<TensorServer>
{
    [Fact]
    public async Task Infer_Json_AnswersEveryOutputWithItsRealShape()
    {
        var answer = await server.Client.InferAsync(TensorServer.Same, """
            {"id": "a-7", "more": {"x": [1]}, "parameters": {"unknown": 1}, "inputs": [
                {"name": "x", "shape": [2, 2], "datatype": "FP32", "parameters": {"a": "b"}, "data": [[1.5, 2], [3, -4]]}]}
            """).ReadAsync();

        Assert.Equal(
            """{"model_name":"same","model_version":"1","id":"a-7","outputs":["""
            + """{"name":"y","datatype":"FP32","shape":[2,2],"data":[1.5,2,3,-4]},{"name":"n","datatype":"INT64","shape":[2,2],"data":[1,2,3,-4]}]}""",
            answer.GetRawText());
    }

    [Fact]
    public async Task Infer_DataBeforeWhatSaysHowToReadIt_IsTheSame()
    {
        var answer = await server.Client.InferAsync(
            TensorServer.Same, """{"outputs": [{"name": "n"}], "inputs": [{"data": [7, 8], "shape": [1, 2], "datatype": "FP32", "name": "x"}]}""").ReadAsync();

        Assert.Equal("[7,8]", Assert.Single(answer.Outputs()).Value.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Infer_QueryStringAndVersion_AreTaken()
    {
        using var content = new StringContent(
            """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}""", Encoding.UTF8, "application/json");

        var answer = await server.Client.PostAsync(new Uri("/v2/models/same/versions/1/infer?request=7", UriKind.Relative), content).ReadAsync();

        Assert.Equal("1", answer.GetProperty("model_version").GetString());
    }

    [Fact]
    public async Task Infer_NumbersThatAreNotFinite_AreTextsBothWays()
    {
        var answer = await server.Client.InferAsync(TensorServer.Same, """
            {"outputs": [{"name": "y"}], "inputs": [
                {"name": "x", "shape": [2, 2], "datatype": "FP32", "data": ["NaN", "Infinity", "-Infinity", 1e-45]}]}
            """).ReadAsync();

        Assert.Equal("""["NaN","Infinity","-Infinity",1E-45]""", answer.Outputs()["y"].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Infer_NullForWhatMayBeLeftOut_IsAsIfLeftOut()
    {
        var answer = await server.Client.InferAsync(
            TensorServer.Same, """
            {"id": null, "parameters": null, "outputs": null, "inputs": [
                {"name": "x", "shape": [1, 2], "datatype": "FP32", "parameters": null, "data": [1, 2]}]}
            """).ReadAsync();

        Assert.False(answer.TryGetProperty("id", out _));
        Assert.Equal(["n", "y"], answer.Outputs().Keys.Order());
    }

    [Theory]
    [InlineData("[]", "[2.5]")]
    [InlineData("[]", "2.5")]
    public async Task Infer_Scalar_HasNoAxes(string shape, string data)
    {
        var answer = await server.Client.InferAsync(
            TensorServer.Scalar, $$"""{"inputs": [{"name": "x", "shape": {{shape}}, "datatype": "FP32", "data": {{data}}}]}""").ReadAsync();

        Assert.Equal(("[]", "[2.5]"), (answer.Outputs()["y"].GetProperty("shape").GetRawText(), answer.Outputs()["y"].GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task Infer_NoRows_GivesNoRows()
    {
        var answer = await server.Client.InferAsync(
            TensorServer.Same, """{"inputs": [{"name": "x", "shape": [0, 2], "datatype": "FP32", "data": []}]}""").ReadAsync();

        Assert.Equal(("[0,2]", "[]"), (answer.Outputs()["y"].GetProperty("shape").GetRawText(), answer.Outputs()["y"].GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task Infer_OddNames_AreNames()
    {
        var name = JsonSerializer.Serialize(TensorServer.OddName);
        var answer = await server.Client.InferAsync(
            TensorServer.Odd, $$"""
            {"inputs": [
                {"name": {{name}}, "shape": [1], "datatype": "FP32", "data": [1]},
                {"name": "hidden.1", "shape": [1], "datatype": "FP32", "data": [2]}]}
            """).ReadAsync();

        Assert.Equal(["onnx::Flatten_0", "out"], answer.Outputs().Keys);
    }

    [Fact]
    public async Task Infer_Strings_KeepEveryCharacter()
    {
        string[] texts = ["déjà vu", "", "你好 \"quoted\" \\ \n", "😀"];
        var answer = await server.Client.InferAsync(
            TensorServer.Strings,
            JsonSerializer.Serialize(new { inputs = new[] { new { name = "x", shape = new[] { 4 }, datatype = "BYTES", data = texts } } })).ReadAsync();

        Assert.Equal(texts, answer.Outputs()["y"].GetProperty("data").EnumerateArray().Select(t => t.GetString()));
    }

    [Fact]
    public async Task Infer_BinaryBothWays_KeepsEveryByte()
    {
        float[] values = [1.5f, float.NaN, -0f, float.MaxValue];
        byte[] bytes = [.. values.SelectMany(BitConverter.GetBytes)];

        var (json, binary) = await server.Client.InferAsync(
            TensorServer.Same,
            """
            {"parameters": {"binary_data_output": true}, "outputs": [{"name": "y"}], "inputs": [
                {"name": "x", "shape": [2, 2], "datatype": "FP32", "parameters": {"binary_data_size": 16}}]}
            """,
            bytes).ReadBinaryAsync();

        Assert.Equal(
            """{"model_name":"same","model_version":"1","outputs":[{"name":"y","datatype":"FP32","shape":[2,2],"parameters":{"binary_data_size":16}}]}""",
            json.GetRawText());
        Assert.Equal(bytes, binary);
    }

    [Fact]
    public async Task Infer_OneOutputBinaryAndOneInJson_AreBothThere()
    {
        var (json, binary) = await server.Client.InferAsync(
            TensorServer.Same,
            """
            {"parameters": {"binary_data_output": true}, "outputs": [{"name": "n", "parameters": {"binary_data": false}}, {"name": "y"}], "inputs": [
                {"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}
            """).ReadBinaryAsync();

        Assert.Equal(["n", "y"], json.Outputs().Keys);
        Assert.Equal("[1,2]", json.Outputs()["n"].GetProperty("data").GetRawText());
        Assert.Equal([.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)], binary);
    }

    [Fact]
    public async Task Infer_OneInputBinaryAndOneInJson_AreBothRead()
    {
        var answer = await server.Client.InferAsync(
            TensorServer.Pick,
            """
            {"inputs": [
                {"name": "x", "shape": [3], "datatype": "FP32", "data": [10, 11, 12]},
                {"name": "i", "shape": [2], "datatype": "INT64", "parameters": {"binary_data_size": 16}}]}
            """,
            [.. BitConverter.GetBytes(2L), .. BitConverter.GetBytes(0L)]).ReadAsync();

        Assert.Equal(("[12,10]", "[2]"), (answer.Outputs()["y"].GetProperty("data").GetRawText(), answer.Outputs()["y"].GetProperty("shape").GetRawText()));
    }

    [Fact]
    public async Task Infer_BinaryStrings_AreLengthsAndBytes()
    {
        byte[] bytes = [3, 0, 0, 0, (byte)'a', 0xFF, 0, 0, 0, 0, 0];

        var (json, binary) = await server.Client.InferAsync(
            TensorServer.Strings, """
            {"parameters": {"binary_data_output": true}, "inputs": [
                {"name": "x", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": 11}}]}
            """, bytes).ReadBinaryAsync();

        Assert.Equal(11, json.Outputs()["y"].GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.Equal(bytes, binary);
    }

    [Fact]
    public async Task Infer_HalfPrecision_IsReadAndWritten()
    {
        var answer = await server.Client.InferAsync(
            TensorServer.Half, """{"inputs": [{"name": "x", "shape": [2], "datatype": "FP16", "data": [1.5, -65504]}]}""").ReadAsync();

        Assert.Equal("[1.5,-65504]", answer.Outputs()["y"].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Infer_BrainFloat_GoesAsBinaryDataOnly()
    {
        const string Input = """{"inputs": [{"name": "x", "shape": [2], "datatype": "BF16", "parameters": {"binary_data_size": 4}}]""";
        byte[] bytes = [0x80, 0x3F, 0x00, 0x40];

        var (_, binary) = await server.Client.InferAsync(
            TensorServer.BrainFloat, Input + ""","parameters": {"binary_data_output": true}}""", bytes).ReadBinaryAsync();

        Assert.Equal(bytes, binary);
        Assert.Contains(
            "binary data only", await server.Client.InferAsync(TensorServer.BrainFloat, Input + "}", bytes).ErrorAsync(400), StringComparison.Ordinal);
        const string Json = """{"inputs": [{"name": "x", "shape": [1], "datatype": "BF16", "data": [1]}]}""";
        Assert.Contains("binary data only", await server.Client.InferAsync(TensorServer.BrainFloat, Json).ErrorAsync(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_ManyElements_AreStreamedAsJsonAndEqualTheBinaryOnes()
    {
        const int Rows = 50_000;
        var values = Enumerable.Range(0, 2 * Rows).Select(i => i * 0.37f).ToArray();
        byte[] bytes = [.. values.SelectMany(BitConverter.GetBytes)];
        var input = $$$"""
            {"outputs": [{"name": "y"}], "inputs": [
                {"name": "x", "shape": [{{{Rows}}}, 2], "datatype": "FP32", "parameters": {"binary_data_size": {{{bytes.Length}}}}}]
            """;

        using var response = await server.Client.InferAsync(TensorServer.Same, input + "}", bytes);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        var (_, binary) = await server.Client.InferAsync(TensorServer.Same, input + ""","parameters": {"binary_data_output": true}}""", bytes).ReadBinaryAsync(
            );

        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal(values, answer.Outputs()["y"].GetProperty("data").EnumerateArray().Select(v => v.GetSingle()));
        Assert.Equal(bytes, binary);
    }

    [Fact]
    public async Task Infer_TextModelByText_AnswersLabels()
    {
        var answer = await server.Client.InferAsync(
            TensorServer.Classifier, """{"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["Funny, warm and wise."]}]}""").ReadAsync();

        Assert.Equal("""["positive"]""", answer.Outputs()["label"].GetProperty("data").GetRawText());
        Assert.Equal("[1,2]", answer.Outputs()["probabilities"].GetProperty("shape").GetRawText());
    }

    [Fact]
    public async Task Infer_TextModelByIds_AnswersItsGraphsOutput()
    {
        var answer = await server.Client.InferAsync(TensorServer.Classifier, """
            {"inputs": [
                {"name": "ids", "shape": [1, 2], "datatype": "INT64", "data": [5, 6]},
                {"name": "lengths", "shape": [1], "datatype": "INT64", "data": [2]}]}
            """).ReadAsync();

        Assert.Equal("[1,2]", answer.Outputs()["logits"].GetProperty("shape").GetRawText());
    }
}
