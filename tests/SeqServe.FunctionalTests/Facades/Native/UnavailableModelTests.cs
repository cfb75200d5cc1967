using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

public sealed class UnavailableModelTests : IAsyncLifetime
{
    private readonly TemporaryRepository _repository = new TemporaryRepository().With("whole").WithBroken("broken");
    private SeqServer _server = null!;

    public async Task InitializeAsync() => _server = await new SeqServer(_repository.Settings).StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task List_OneBrokenModel_ShowsItsReasonBesideTheOther()
    {
        using var client = _server.CreateClient();

        var list = await client.GetAsync(new Uri("/v1/models", UriKind.Relative)).ReadAsync();

        var models = list.GetProperty("data").EnumerateArray().ToDictionary(m => m.GetProperty("id").GetString()!, m => m.GetProperty("versions")[0]);
        Assert.Equal("Ready", models["whole"].GetProperty("state").GetString());
        Assert.Equal("Unavailable", models["broken"].GetProperty("state").GetString());
        Assert.Contains("model.onnx differs from its sha256", models["broken"].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_repository.Path, list.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classify_BesideABrokenModel_IsAnswered()
    {
        using var client = _server.CreateClient();

        var answer = await client.ClassifyAsync(new { inputs = Calls.Review }).ReadAsync();

        Assert.Equal("whole", answer.GetProperty("model").GetString());
    }
}
