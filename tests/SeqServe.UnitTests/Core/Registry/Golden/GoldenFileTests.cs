using System.Text;
using SeqServe.Core.Registry.Golden;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry.Golden;

public sealed class GoldenFileTests
{
    [Fact]
    public void Read_OfACase_TakesAnswerNumberAndTolerance()
    {
        var file = Read("""{ "tolerance": 0.01, "cases": [{ "text": "fine", "label": "positive", "score": 0.9 }, { "text": "dull", "label": "negative" }] }""");

        Assert.Equal(0.01, file.Tolerance);
        Assert.Equal([new GoldenCase("fine", "positive", 0.9), new GoldenCase("dull", "negative", null)], file.Cases);
    }

    [Theory]
    [InlineData(TranslationTask.TaskName, """{ "cases": [{ "text": "a", "translation": "b", "score": -1.5 }] }""")]
    [InlineData(LanguageModelingTask.TaskName, """{ "cases": [{ "text": "a", "token": " b", "probability": 0.5 }] }""")]
    public void Read_OfAnotherTask_TakesItsKeys(string task, string json) => Assert.NotNull(Assert.Single(Read(json, task).Cases).Number);

    [Theory]
    [InlineData("[]", "must hold one JSON object")]
    [InlineData("{", "no valid JSON at line 1, byte 2")]
    [InlineData("{ \"cases\": [] }", "must hold 1–1000 objects")]
    [InlineData("{ }", "must hold 1–1000 objects")]
    [InlineData("{ \"cases\": [1] }", "each element an object")]
    [InlineData("{ \"cases\": [{ \"text\": \"a\" }] }", "cases[0].label: is missing")]
    [InlineData("{ \"cases\": [{ \"text\": \"a\", \"label\": \"b\", \"translation\": \"c\" }] }", "cases[0].translation")]
    [InlineData("{ \"cases\": [{ \"text\": \"a\", \"label\": \"b\", \"score\": \"high\" }] }", "cases[0].score")]
    [InlineData("{ \"tolerance\": -1, \"cases\": [{ \"text\": \"a\", \"label\": \"b\" }] }", "must be a number in 0–1")]
    [InlineData("{ \"tolerance\": 1.1, \"cases\": [{ \"text\": \"a\", \"label\": \"b\" }] }", "must be a number in 0–1")]
    [InlineData("{ \"tolerance\": \"1\", \"cases\": [{ \"text\": \"a\", \"label\": \"b\" }] }", "tolerance")]
    [InlineData("{ \"tolerances\": 1, \"cases\": [{ \"text\": \"a\", \"label\": \"b\" }] }", "tolerances")]
    [InlineData("{ \"cases\": [{ \"label\": \"b\" }] }", "cases[0].text: is missing")]
    [InlineData("{ \"cases\": [{ \"text\": \"\\ud800\", \"label\": \"b\" }] }", "a string in it is no valid Unicode")]
    public void Read_OfAFault_NamesItsPlace(string json, string part) =>
        Assert.Contains(part, Assert.Throws<ManifestException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("null", 1e-3)]
    public void Read_Tolerance_IsInItsBoundsOrTheDefault(string tolerance, double expected) =>
        Assert.Equal(expected, Read($$"""{ "tolerance": {{tolerance}}, "cases": [{ "text": "a", "label": "b" }] }""").Tolerance);

    [Fact]
    public void Read_AsManyCasesAsMayBe_TakesThemAndNotOneMore()
    {
        const string Case = """{ "text": "a", "label": "b" }""";
        static string Cases(int count) => $$"""{ "cases": [{{string.Join(',', Enumerable.Repeat(Case, count))}}] }""";

        Assert.Equal(1000, Read(Cases(1000)).Cases.Count);
        Assert.Contains("must hold 1–1000 objects", Assert.Throws<ManifestException>(() => Read(Cases(1001))).Message, StringComparison.Ordinal);
    }

    private static GoldenFile Read(string json, string task = ClassificationTask.TaskName) =>
        GoldenFile.Read(Encoding.UTF8.GetBytes(json), ShippedTasks.Catalog[task].Golden!);
}
