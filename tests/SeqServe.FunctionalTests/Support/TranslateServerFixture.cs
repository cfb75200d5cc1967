namespace SeqServe.FunctionalTests.Support;

/// <summary>One server of fake translators for the tests of a class that leave it as it is.</summary>
public sealed class TranslateServerFixture : IAsyncLifetime
{
    internal TranslateServer Fake { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Fake = await TranslateServer.StartAsync();
        Client = Fake.CreateClient();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Fake.DisposeAsync();
    }
}
