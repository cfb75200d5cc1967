using System.Text;
using System.Text.Json;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Rest;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Rest;

public sealed class JsonElementsTests
{
    private readonly BodyBudget _budget = new(1 << 20);

    [Theory]
    [InlineData("BOOL", "[true, false]", new byte[] { 1, 0 })]
    [InlineData("INT8", "[-128, 127]", new byte[] { 0x80, 0x7F })]
    [InlineData("UINT8", "[0, 255]", new byte[] { 0, 0xFF })]
    [InlineData("INT16", "[-32768]", new byte[] { 0, 0x80 })]
    [InlineData("UINT16", "[65535]", new byte[] { 0xFF, 0xFF })]
    [InlineData("INT32", "-2", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF })]
    [InlineData("UINT32", "[[4294967295]]", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData("INT64", "[1]", new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("UINT64", "[18446744073709551615]", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData("FP16", "[1, \"-Infinity\"]", new byte[] { 0, 0x3C, 0, 0xFC })]
    [InlineData("FP32", "[[1], [\"Infinity\"]]", new byte[] { 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x7F })]
    [InlineData("FP64", "[1]", new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x3F })]
    public void Read_ElementsOfADatatype_AreItsBytes(string datatype, string json, byte[] expected) =>
        Assert.Equal(expected, Read(datatype, json).Bytes.ToArray());

    [Theory]
    [InlineData("BOOL", "[1]", "element 0 is not true or false")]
    [InlineData("INT8", "[1, 128]", "element 1 is not a whole number that INT8 can hold")]
    [InlineData("UINT8", "[-1]", "element 0 is not a whole number that UINT8 can hold")]
    [InlineData("INT64", "[1.5]", "element 0 is not a whole number that INT64 can hold")]
    [InlineData("FP32", "[\"nan\"]", "element 0 is not a number that FP32 can hold")]
    [InlineData("FP16", "[70000]", "element 0 is not a number that FP16 can hold")]
    [InlineData("BYTES", "[1]", "element 0 is not a string")]
    [InlineData("BYTES", "[\"\\ud800\"]", "element 0 is not valid Unicode")]
    [InlineData("BF16", "[1]", "BF16 is taken as binary data only")]
    public void Read_ElementThatTheDatatypeCannotHold_IsRefusedByItsNumber(string datatype, string json, string part) => Assert.Contains(
        $"input \"x\": {part}", Assert.Throws<ServingException>(() => Read(datatype, json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Strings_AreUnescapedAndOthersStayInTheJson()
    {
        var json = Encoding.UTF8.GetBytes("""["", "é", "a\nb", "\u00e9", "last"]""");
        var elements = Read("BYTES", json);

        Assert.Equal(["", "é", "a\nb", "é", "last"], elements.Strings.Select(s => Encoding.UTF8.GetString(s.Span)));
        json[^3] = (byte)'!';
        Assert.Equal("las!", Encoding.UTF8.GetString(elements.Strings[^1].Span));
    }

    [Fact]
    public void Read_ManyShortStrings_AreCounted()
    {
        var json = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("\"\"", 10_000))}]");

        var elements = Read("BYTES", json);

        // 16 bytes for each, and the list grows by doubling.
        Assert.InRange(_budget.Reserved, 16L * elements.Count, 32L * elements.Count);
    }

    [Fact]
    public void Read_MoreElementsThanThereIsMemoryFor_IsRefused()
    {
        var json = $"[{string.Join(',', Enumerable.Repeat("1", 200_000))}]";

        var refusal = Assert.Throws<ServingException>(() => Read("FP64", json));

        Assert.Equal(ServingErrorCode.PayloadTooLarge, refusal.Code);
        Assert.InRange(_budget.Reserved, 1, _budget.Limit);
    }

    [Fact]
    public void Read_ShapeUnknown_GrowsByDoublingAndGivesSmallerArraysBack()
    {
        var elements = Read("FP64", $"[{string.Join(',', Enumerable.Repeat("1", 10_000))}]");

        Assert.Equal(10_000, elements.Count);
        Assert.InRange(_budget.Reserved, 8L * elements.Count, 16L * elements.Count);
    }

    private JsonElements Read(string datatype, string json) => Read(datatype, Encoding.UTF8.GetBytes(json));

    private JsonElements Read(string datatype, byte[] json)
    {
        var elements = new JsonElements(TensorDatatypes.ByName[datatype], "input \"x\"", json, new InferMemory(_budget));
        var reader = new Utf8JsonReader(json);
        reader.Read();
        elements.Read(ref reader, expected: null);
        return elements;
    }
}
