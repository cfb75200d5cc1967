using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

/// <summary>The tests that share one server with fake language models, over real sockets.</summary>
public sealed class LanguageModelSuite : IAsyncLifetime
{
    private LanguageModelServer _server = null!;

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _server = await LanguageModelServer.StartAsync(queueCapacity: 64, overKestrel: true);
        Client = _server.Server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
