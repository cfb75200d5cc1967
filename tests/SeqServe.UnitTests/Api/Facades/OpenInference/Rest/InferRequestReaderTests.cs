using System.Text;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Rest;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Rest;

public sealed class InferRequestReaderTests
{
    private readonly BodyBudget _budget = new(1L << 40);

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Read_ShapesThatPromiseWhatIsNotThere_TakeNoMoreThanTheJsonCanHold(int inputs)
    {
        var promises = string.Join(
            ',', Enumerable.Range(0, inputs).Select(i => $$"""{"name": "x{{i}}", "datatype": "FP64", "shape": [2000000000], "data": []}"""));
        var json = $$"""{"inputs": [{{promises}}], "padding": "{{new string(' ', 1 << 20)}}"}""";

        Read(json);

        // Eight bytes for two characters, and the pool rounds up to a power of two.
        Assert.InRange(_budget.Reserved, 0, 8L * json.Length);
    }

    [Fact]
    public void Read_ElementsOfSeveralInputs_AreThoseOfEach()
    {
        var request = Read(
            """
            {"inputs": [{"name": "a", "datatype": "INT32", "shape": [3], "data": [1,2,3]}, {"name": "b", "datatype": "INT32", "shape": [2], "data": [4,5]}]}
            """);

        Assert.Equal([(3, 12), (2, 8)], request.Inputs.Select(i => (i.Elements!.Count, i.Elements.Bytes.Length)));
    }

    [Fact]
    public void Read_DataBeforeItsDatatype_IsReadAllTheSame()
    {
        var request = Read("""{"inputs": [{"data": ["one", "t\u0077o"], "name": "x", "shape": [2], "datatype": "BYTES"}, {"name": "y"}]}""");

        Assert.Equal(["one", "two"], request.Inputs[0].Elements!.Strings.Select(s => Encoding.UTF8.GetString(s.Span)));
        Assert.Equal("y", request.Inputs[1].Name);
    }

    [Fact]
    public void Read_WholeRequest_IsWhatItSays()
    {
        var request = Read(
            """
            {
              "id": "7", "unknown": {"a": [1]}, "parameters": {"binary_data_output": true, "sequence_id": 18446744073709551615, "nested": {}},
              "inputs": [{"name": "x", "datatype": "FP16", "shape": [], "parameters": {"binary_data_size": 2}}],
              "outputs": [{"name": "y", "parameters": {"binary_data": false}}, {"name": "z"}]
            }
            """);

        Assert.Equal(("7", ulong.MaxValue), (request.Id, request.Parameters.Find("sequence_id")));
        var input = Assert.Single(request.Inputs);
        Assert.Equal((TensorDatatype.Fp16, 2L), (input.Datatype!.Value, input.BinarySize!.Value));
        Assert.Empty(input.Shape!);
        Assert.Equal([false, true, true], new[] { "y", "z", "other" }.Select(request.IsBinary));
    }

    [Theory]
    [InlineData("{", "The JSON is not valid; the first fault is at line 1, byte 2.")]
    [InlineData("{} x", "The JSON is not valid; the first fault is at line 1, byte 4.")]
    [InlineData("[]", "The body must be a JSON object with \"inputs\".")]
    [InlineData("""{"inputs": [1]}""", "\"inputs\" must be an array of at most 1024 objects")]
    [InlineData("""{"id": 1}""", "id must be a string")]
    [InlineData("""{"id": "\ud800"}""", "A string in the JSON is not valid Unicode.")]
    [InlineData("""{"outputs": [{}]}""", "outputs[0]: name is missing")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [-1]}]}""", "input \"x\": shape must be an array of whole numbers, none of them negative")]
    [InlineData("""{"inputs": [{"shape": 1}]}""", "inputs[0]: shape must be an array of whole numbers")]
    [InlineData("""{"inputs": [{"name": "x", "parameters": {"shared_memory_region": "r"}}]}""", "input \"x\": shared memory is not supported; send the data")]
    public void Read_JsonThatIsNotARequest_SaysWhatIsWrong(string json, string message) =>
        Assert.Equal(message, Assert.Throws<ServingException>(() => Read(json)).Message);

    [Theory]
    [InlineData("inputs", 1024, null)]
    [InlineData("inputs", 1025, "inputs[0]: name has more characters than the limit of 1024")]
    [InlineData("outputs", 1025, "outputs[0]: name has more characters than the limit of 1024")]
    public void Read_NameOfATensor_HasAtMostTheLimit(string of, int length, string? message)
    {
        var json = $$"""{"{{of}}": [{"name": "{{new string('n', length)}}", "shape": [1], "datatype": "INT8", "data": [1]}]}""";

        Assert.Equal(message, Record.Exception(() => Read(json))?.Message);
    }

    [Fact]
    public void Read_MoreAxesOrParametersThanTheLimit_IsRefused()
    {
        var shape = string.Join(',', Enumerable.Repeat(1, 65));
        var parameters = string.Join(',', Enumerable.Range(0, 257).Select(i => $"\"p{i}\": 1"));

        var axes = Assert.Throws<ServingException>(() => Read($$"""{"inputs": [{"name": "x", "shape": [{{shape}}]}]}"""));
        var many = Assert.Throws<ServingException>(() => Read($$"""{"parameters": { {{parameters}} } }"""));

        Assert.Equal("input \"x\": shape has more axes than the limit of 64", axes.Message);
        Assert.Equal("parameters has more parameters than the limit of 256", many.Message);
    }

    [Theory]
    [InlineData("""{"inputs": [{"name": "x", "datatype": "BYTES", "data": ["12345678"], "datatype": "INT64"}]}""")]
    [InlineData("""{"inputs": [{"name": "x", "datatype": "INT8", "datatype": "INT64", "data": [1]}]}""")]
    public void Read_DatatypeTwice_IsRefused(string json) =>
        Assert.Equal("input \"x\": datatype is given twice; keep one", Assert.Throws<ServingException>(() => Read(json)).Message);

    [Theory]
    [InlineData("inputs", "{}")]
    [InlineData("outputs", "{\"name\": \"y\"}")]
    public void Read_MoreTensorsThanTheLimitInSeveralArrays_IsRefused(string name, string item)
    {
        string Arrays(int last) => $"{{\"{name}\": [{Items(item, 1000)}], \"{name}\": [{Items(item, last)}]}}";

        Assert.Equal(1024, Read(Arrays(24)) is var read ? read.Inputs.Count + read.Outputs.Count : 0);
        Assert.Equal($"\"{name}\" must be an array of at most 1024 objects", Assert.Throws<ServingException>(() => Read(Arrays(25))).Message);
    }

    [Theory]
    [InlineData("""{"id": "!"}""")]
    [InlineData("""{"parameters": {"!": 1}}""")]
    [InlineData("""{"parameters": {"p": "!"}}""")]
    [InlineData("""{"inputs": [{"parameters": {"p": "!"}}]}""")]
    public void Read_LongTexts_AreCounted(string json)
    {
        Read(json.Replace("!", new string('a', 100_000), StringComparison.Ordinal));

        Assert.InRange(_budget.Reserved, 200_000, 201_000);
    }

    private static string Items(string item, int count) => string.Join(',', Enumerable.Repeat(item, count));

    private InferRequest Read(string json) => InferRequestReader.Read(Encoding.UTF8.GetBytes(json), new InferMemory(_budget));
}
