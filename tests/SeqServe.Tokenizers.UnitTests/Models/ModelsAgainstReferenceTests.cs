using System.Text.Json;
using SeqServe.Tokenizers.Files;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Models;

public sealed class ModelsAgainstReferenceTests
{
    public static TheoryData<string> Names => [.. ModelFixture.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_RandomTexts_EqualsReference(string name)
    {
        var fixture = ModelFixture.Get(name);
        var model = ModelReader.Read(fixture.GetProperty("model"));
        var wrong = new List<string>();
        // Twice: the second time the words are remembered.
        foreach (var @case in fixture.GetProperty("cases").EnumerateArray().Concat(fixture.GetProperty("cases").EnumerateArray()))
        {
            var text = @case.GetProperty("t").GetString()!;
            var expected = Expected(@case);
            var actual = Actual(model, text);
            if (expected != actual)
                wrong.Add($"{text}\n  expected {expected}\n  actual   {actual}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} texts differ:\n" + string.Join('\n', wrong.Take(3)));
    }

    private static string Expected(JsonElement @case)
    {
        if (@case.TryGetProperty("error", out _))
            return "error";
        var ids = @case.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray();
        var offsets = @case.GetProperty("offsets").EnumerateArray().Select(i => i.GetInt32()).ToArray();
        return string.Join(' ', ids.Select((id, at) => $"{id}[{offsets[2 * at]},{offsets[(2 * at) + 1]})"));
    }

    private static string Actual(ITokenModel model, string text)
    {
        var tokens = new TokenList();
        try
        {
            model.Tokenize(text, tokens);
        }
        catch (InvalidDataException)
        {
            return "error";
        }

        return string.Join(' ', tokens.Span.ToArray().Select(t => $"{t.Id}[{CodePoints(text, t.Start)},{CodePoints(text, t.End)})"));
    }

    private static int CodePoints(string text, int units) => text[..units].EnumerateRunes().Count();
}
