using System.Buffers;
using System.Text;
using SeqServe.Api.Pipeline.Admission;

namespace SeqServe.UnitTests.Api.Pipeline.Admission;

public class NamedModelTests
{
    [Theory]
    [InlineData("""{}""", null, null)]
    [InlineData("""{"inputs": "a"}""", null, null)]
    [InlineData("""{"inputs": ["\"model\": 1", "version"], "model": "m"}""", "m", null)]
    [InlineData("""{"model": "m", "version": 3, "inputs": {"model": "inner", "version": 4}}""", "m", 3)]
    [InlineData("""{"model": null, "version": null}""", null, null)]
    [InlineData("""{"\u006dodel": "\u00e9"}""", "é", null)]
    public void Find_Object_GivesItsOwnFields(string json, string? name, int? version) => Assert.Equal(new NamedModel(name, version), Find(json));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"model\"")]
    [InlineData("""{"inputs": """)]
    [InlineData("""{"inputs": "a" "model": "m"}""")]
    [InlineData("""{"model": 1}""")]
    [InlineData("""{"model": "\ud800"}""")]
    [InlineData("""{"version": "1"}""")]
    [InlineData("""{"version": 1.5}""")]
    [InlineData("""{"version": 99999999999}""")]
    public void Find_AnythingElse_IsLeftToTheOneWhoReadsItAll(string json) => Assert.Null(Find(json));

    [Fact]
    public void Find_InPieces_GivesTheSame()
    {
        var json = Encoding.UTF8.GetBytes("""{"inputs": "a", "model": "name", "version": 12}""");
        for (var cut = 1; cut < json.Length; cut++)
        {
            var first = new Piece(json.AsMemory(0, cut), 0, null);
            var last = new Piece(json.AsMemory(cut), cut, first);

            Assert.Equal(new NamedModel("name", 12), NamedModel.Find(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length)));
        }
    }

    private static NamedModel? Find(string json) => NamedModel.Find(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index, Piece? before)
        {
            (Memory, RunningIndex) = (memory, index);
            if (before is not null)
                before.Next = this;
        }
    }
}
