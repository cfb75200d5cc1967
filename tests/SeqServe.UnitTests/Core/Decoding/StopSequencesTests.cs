using FsCheck.Xunit;
using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class StopSequencesTests
{
    [Theory]
    [InlineData("one two three", new[] { " two" }, "one")]
    [InlineData("one two three", new[] { "three", "two" }, "one ")]
    [InlineData("aaab", new[] { "aab" }, "a")]
    [InlineData("abc", new[] { "bc", "abcd" }, "a")]
    [InlineData("abcd", new[] { "cd", "bcd" }, "a")]
    [InlineData("no stop here, sto", new[] { "stop!" }, "no stop here, sto")]
    [InlineData("stop", new[] { "stop" }, "")]
    [InlineData("a😀b", new[] { "😀" }, "a")]
    public void Append_TextInAnyPieces_EndsAtTheFirstStop(string text, string[] stops, string expected)
    {
        Assert.Equal(expected, Read(stops, [text]));
        Assert.Equal(expected, Read(stops, [.. text.Select(c => $"{c}")]));
    }

    [Fact]
    public void Append_WhatCannotBegin_ComesOutAtOnce()
    {
        var stops = new StopSequences(["###"]);

        Assert.Equal("ab", stops.Append("ab"));
        Assert.Equal("c", stops.Append("c##"));
        Assert.Equal("##d", stops.Append("d"));
        Assert.False(stops.IsStopped);
    }

    [Fact]
    public void Append_AfterTheStop_GivesNothing()
    {
        var stops = new StopSequences(["."]);

        Assert.Equal("a", stops.Append("a.b"));
        Assert.True(stops.IsStopped);
        Assert.Equal("", stops.Append("c") + stops.Finish());
    }

    [Property(MaxTest = 500)]
    public void Append_AnyCuts_GiveTheSameText(int seed)
    {
        var random = new Random(seed);
        var text = new string([.. Enumerable.Range(0, 30).Select(_ => (char)('a' + random.Next(2)))]);
        string[] stops = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => text.Substring(random.Next(25), random.Next(3, 6)))];
        var pieces = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var length = Math.Min(random.Next(1, 6), text.Length - start);
            pieces.Add(text.Substring(start, length));
            start += length;
        }

        Assert.Equal(Read(stops, [text]), Read(stops, pieces));
    }

    private static string Read(string[] stops, List<string> pieces)
    {
        var reader = new StopSequences(stops);
        return string.Concat(pieces.Select(reader.Append)) + reader.Finish();
    }
}
