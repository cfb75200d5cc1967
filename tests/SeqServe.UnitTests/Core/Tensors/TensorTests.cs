using SeqServe.Core.Tensors;

namespace SeqServe.UnitTests.Core.Tensors;

public class TensorTests
{
    [Theory]
    [InlineData(1L, new long[0])]
    [InlineData(0L, new long[] { 3, 0 })]
    [InlineData(6L, new long[] { 3, 2 })]
    [InlineData(null, new long[] { 0, long.MaxValue })]
    [InlineData(null, new long[] { 3, -1 })]
    [InlineData(null, new long[] { 0, -1 })]
    [InlineData(null, new long[] { 2, long.MaxValue })]
    [InlineData(null, new long[] { 4_000_000_000 })]
    public void Elements_OfAShape_AreTheProductOfItsAxesOrNone(long? expected, long[] shape) => Assert.Equal(expected, TensorShapes.Elements(shape));

    [Theory]
    [InlineData(true, new long[] { 5, 2 })]
    [InlineData(true, new long[] { 0, 2 })]
    [InlineData(false, new long[] { 5, 3 })]
    [InlineData(false, new long[] { 5 })]
    [InlineData(false, new long[] { 5, 2, 1 })]
    public void Takes_AShape_WhereTheDeclaredAxesAreEqual(bool expected, long[] shape) =>
        Assert.Equal(expected, new TensorSpec("x", TensorDatatype.Fp32, [-1, 2]).Takes(shape));

    [Fact]
    public void Takes_AnyShape_WhereNoneIsDeclared() => Assert.True(new TensorSpec("x", TensorDatatype.Fp32, null).Takes([1, 2, 3]));

    [Fact]
    public void Tensor_WithTooFewBytes_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Tensor("x", TensorDatatype.Int64, [2], new byte[15]));
        Assert.Throws<ArgumentException>(() => new Tensor("x", [2], [new byte[1]]));
    }

    [Fact]
    public void Names_OfDatatypes_AreTheProtocols() => Assert.Equal(
        ["BF16", "BOOL", "BYTES", "FP16", "FP32", "FP64", "INT16", "INT32", "INT64", "INT8", "UINT16", "UINT32", "UINT64", "UINT8"],
        TensorDatatypes.ByName.Keys.Order(StringComparer.Ordinal));
}
