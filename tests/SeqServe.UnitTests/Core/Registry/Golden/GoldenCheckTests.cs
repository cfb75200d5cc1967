using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Registry.Golden;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry.Golden;

public sealed class GoldenCheckTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData("""{ "text": "fine", "label": "positive" }""", null)]
    [InlineData("""{ "text": "fine", "label": "positive", "score": 0.7310 }""", null)]
    [InlineData("""{ "text": "fine", "label": "positive", "score": 0.7 }""", "expected 0.7, the version computes 0.731059")]
    [InlineData("""{ "text": "fine", "label": "negative" }""", "expected \"negative\", the version answers \"positive\"")]
    [InlineData("""{ "text": " ", "label": "negative" }""", "nothing to classify")]
    [InlineData("""{ "text": "fine" }""", "cases[0].label: is missing")]
    public void Load_WithACase_ServesOnlyWhatAnswersIt(string golden, string? reason)
    {
        _repository.AddFake("a");
        _repository.Write("a/1/golden.json", $$"""{ "cases": [{{golden}}] }""");
        using var bench = Load([0, 1]);

        Assert.Equal(reason is null ? ModelState.Ready : ModelState.Unavailable, bench.StatusOf("a").State);
        Assert.Contains(reason ?? "", bench.StatusOf("a").Reason, StringComparison.Ordinal);
        Assert.Equal(reason is null ? 0 : 1, bench.Backends.Of("a").Disposals);
    }

    [Fact]
    public void Load_ManyCasesAnsweredDifferently_TellsTheFirstThreeAndCutsLongTexts()
    {
        _repository.AddFake("a");
        var cases = Enumerable.Range(0, 4).Select(i => $$"""{ "text": "{{new string('x', 59 + i)}}", "label": "negative" }""");
        _repository.Write("a/1/golden.json", $$"""{ "cases": [{{string.Join(',', cases)}}] }""");
        using var bench = Load([0, 1]);

        var reason = bench.StatusOf("a").Reason;

        Assert.StartsWith("4 of 4 golden cases are answered differently: cases[0]", reason, StringComparison.Ordinal);
        Assert.Contains($"cases[1] \"{new string('x', 60)}\": expected", reason, StringComparison.Ordinal);
        Assert.Contains($"cases[2] \"{new string('x', 60)}…\": expected", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("cases[3]", reason, StringComparison.Ordinal);
    }

    // It might have been meant as a file, and nobody would know that nothing is checked.
    [Fact]
    public void Load_FolderInThePlaceOfTheCases_IsRefused()
    {
        _repository.AddFake("a");
        Directory.CreateDirectory(_repository.Of("a", "1", "golden.json"));
        using var bench = Load([0, 1]);

        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        Assert.StartsWith("golden.json is", bench.StatusOf("a").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_ThatAnswersDifferently_LeavesTheOldInService()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository, acceptance: new GoldenCheck(ShippedTasks.Catalog).Accept).Load();
        var old = bench.Backends.Of("a");
        _repository.Write("a/2/model.onnx", "");
        _repository.Write("a/2/golden.json", """{ "cases": [{ "text": "fine", "label": "negative" }] }""");
        bench.Backends.Make = _ => new FakeEncoderBackend { Answer = _ => [0, 1] };

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));

        Assert.Contains("1 of 1 golden cases", failure.Message, StringComparison.Ordinal);
        using var lease = bench.Acquire("a");
        await bench.RetiredAsync();
        Assert.Equal((1, 0), (lease.Model.Version, old.Disposals));
    }

    private RegistryBench Load(float[] answer) => new RegistryBench(_repository, acceptance: new GoldenCheck(ShippedTasks.Catalog).Accept)
    {
        Backends = { Make = _ => new FakeEncoderBackend { Answer = _ => answer } },
    }.Load();
}
