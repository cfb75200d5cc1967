using SeqServe.Api.Facades.OpenInference;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Facades.OpenInference;

public sealed class ByteStringsTests
{
    private readonly BodyBudget _budget = new(1 << 20);

    [Fact]
    public void Read_Strings_AreThoseOfTheData()
    {
        var strings = Read([2, 0, 0, 0, 7, 8, 0, 0, 0, 0], 2);

        Assert.Equal([[7, 8], []], strings.Select(s => s.ToArray()));
        Assert.Equal(32, _budget.Reserved);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0 }, 1, "in the middle of element 0")]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0 }, 2, "in the middle of element 1")]
    [InlineData(new byte[] { 255, 255, 255, 255 }, 1, "in the middle of element 0")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, 2, "the shape has 2 elements, the binary data has 1")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 2, "the shape has 2 elements, the binary data has 3")]
    public void Read_DataThatDoesNotFit_IsRefused(byte[] bytes, long elements, string part) =>
        Assert.Contains(part, Assert.Throws<ServingException>(() => Read(bytes, elements)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_ShapeThatPromisesMore_TakesMemoryForTheDataOnly()
    {
        Assert.Throws<ServingException>(() => Read(new byte[8], 2_000_000_000));

        Assert.Equal(32, _budget.Reserved);
    }

    private IReadOnlyList<ReadOnlyMemory<byte>> Read(byte[] bytes, long elements) => ByteStrings.Read(bytes, elements, "input \"x\"", _budget.Begin());
}
