using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Registry;

/// <summary>One server with a whole model and every bad one beside it.</summary>
public sealed class BadModelServer : IAsyncLifetime
{
    public const string Whole = "whole";

    private readonly TemporaryRepository _repository = new TemporaryRepository().With(Whole);
    private SeqServer _server = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The models as the server lists them, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Models { get; private set; } = null!;

    public string Folder => _repository.Path;

    public async Task InitializeAsync()
    {
        foreach (var (name, (spoil, _)) in BadModels.All)
        {
            _repository.With(name, manifest =>
            {
                manifest["default"] = false;
                manifest.Remove("files");
            });
            spoil(_repository.Model(name));
        }

        _server = await new SeqServer(_repository.Settings).StartAsync();
        Client = _server.CreateClient();
        var list = await Client.GetAsync(new Uri("/v1/models", UriKind.Relative)).ReadAsync();
        Models = list.GetProperty("data").EnumerateArray().ToDictionary(m => m.GetProperty("id").GetString()!, m => m.GetProperty("versions")[0].Clone());
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _repository.Dispose();
    }
}
