namespace SeqServe.FunctionalTests.Support;

/// <summary>The server with the shipped models, which it batches up to the manifests' limits on every machine.</summary>
public sealed class ShippedServer() : SeqServer(s_settings), IAsyncLifetime
{
    private static readonly Dictionary<string, string> s_settings = new() { ["SeqServe:MeasurePlans"] = "false" };

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await StartAsync();
        Client = CreateClient();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
