namespace SeqServe.FunctionalTests.Support;

/// <summary>The server with the shipped models and no setting of its own.</summary>
public sealed class ShippedServer : SeqServer, IAsyncLifetime
{
    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await StartAsync();
        Client = CreateClient();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
