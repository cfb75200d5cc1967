using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Registry;

/// <summary>A server that polls its repository, while somebody breaks what is in it.</summary>
public sealed class PollingTests : IAsyncLifetime
{
    private const string Name = "film";

    private readonly TemporaryRepository _repository = new TemporaryRepository().With(Name);
    private SeqServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await new SeqServer(new Dictionary<string, string>(_repository.Settings) { ["SeqServe:RepositoryPollInterval"] = "00:00:01" }).StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task Poll_ManifestThatBecomesAPipeThenIsLostThenIsBack_ServesThroughoutAndSaysWhatIsWrong()
    {
        var model = _repository.Model(Name);
        var manifest = model.Read("model.json");

        model.Pipe("model.json");
        await HasReasonAsync("model.json is a named pipe");
        model.Remove("model.json");
        await HasReasonAsync("restore film/model.json");
        model.Write("model.json", manifest);
        await HasReasonAsync(null);
    }

    [Fact]
    public async Task Poll_ChecksumThatDiffers_IsShownBesideAModelThatIsReady()
    {
        _repository.Model(Name).Write("labels.txt", "no\nyes\n"u8);

        await HasReasonAsync("labels.txt differs from its sha256");
    }

    // Null for none; asked as a client would, until the poll has seen it.
    private async Task HasReasonAsync(string? part)
    {
        var version = default(JsonElement);
        for (var i = 0; i < 600; i++)
        {
            version = (await _client.GetAsync(new Uri($"/v1/models/{Name}", UriKind.Relative)).ReadAsync()).GetProperty("versions")[0];
            var reason = version.GetProperty("reason").GetString()!;
            if (part is null ? reason.Length == 0 : reason.Contains(part, StringComparison.Ordinal))
                break;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.Contains(part ?? "", version.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((part is null, "Ready"), (version.GetProperty("reason").GetString() == "", version.GetProperty("state").GetString()));
        Assert.Single((await _client.ClassifyAsync(new { inputs = Calls.Review, model = Name }).ReadAsync()).Results());
    }
}
