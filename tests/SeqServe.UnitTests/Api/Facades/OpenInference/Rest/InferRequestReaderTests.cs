using System.Text;
using SeqServe.Api.Facades.OpenInference.Rest;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Rest;

public sealed class InferRequestReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Read_ShapesThatPromiseWhatIsNotThere_TakeNoMoreThanTheJsonCanHold(int inputs)
    {
        var promises = string.Join(',', Enumerable.Range(0, inputs).Select(i => $$"""{"name": "x{{i}}", "datatype": "FP64", "shape": [2000000000], "data": []}"""));
        var json = Encoding.UTF8.GetBytes($$"""{"inputs": [{{promises}}], "padding": "{{new string(' ', 1 << 20)}}"}""");
        var memory = new InferMemory();

        InferRequestReader.Read(json, memory);

        // Eight bytes for two characters, and the pool rounds up to a power of two.
        Assert.InRange(memory.RentedBytes, 0, 8L * json.Length);
    }

    [Fact]
    public void Read_ElementsOfSeveralInputs_AreThoseOfEach()
    {
        var request = InferRequestReader.Read(
            """{"inputs": [{"name": "a", "datatype": "INT32", "shape": [3], "data": [1,2,3]}, {"name": "b", "datatype": "INT32", "shape": [2], "data": [4,5]}]}"""u8, new InferMemory());

        Assert.Equal([(3, 12), (2, 8)], request.Inputs.Select(i => (i.Elements!.Count, i.Elements.Bytes.Length)));
    }
}
