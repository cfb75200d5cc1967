using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline.Admission;

/// <summary>A server over real sockets, whose only model's queue is full.</summary>
internal sealed class FullQueue : IAsyncDisposable
{
    private readonly FakeServer _fake;
    private readonly List<Task<HttpResponseMessage>> _waiting = [];

    private FullQueue(FakeServer fake)
    {
        _fake = fake;
        Client = fake.Server.CreateClient();
    }

    public HttpClient Client { get; }

    public SeqServer Server => _fake.Server;

    /// <summary>The answer to the request that found it full first.</summary>
    public HttpResponseMessage FirstRefusal { get; private set; } = null!;

    public static async Task<FullQueue> MakeAsync(IReadOnlyDictionary<string, string>? settings = null, string? key = null)
    {
        var fake = new FakeServer(settings);
        await fake.Server.OverKestrel().StartAsync();
        var full = new FullQueue(fake);
        if (key is not null)
            full.Client.DefaultRequestHeaders.Add("X-Api-Key", key);
        await full.FillAsync();
        full.Client.DefaultRequestHeaders.Clear();
        return full;
    }

    public Task<HttpResponseMessage> SendAsync(string body, params (string Name, string Value)[] headers) => Client.SendRawAsync(Calls.Classify, body, headers);

    public async ValueTask DisposeAsync()
    {
        _fake.Backends.ReleaseRuns();
        foreach (var answer in _waiting)
            (await answer).Dispose();
        FirstRefusal.Dispose();
        Client.Dispose();
        await _fake.DisposeAsync();
    }

    // Of two requests that fill the queue each, one finds it full; once it is told so, the other waits.
    private async Task FillAsync()
    {
        _waiting.Add(await _fake.HoldOneAsync(Client));
        Task<HttpResponseMessage>[] both =
        [
            Client.ClassifyAsync(new { inputs = new[] { "a", "b" } }),
            Client.ClassifyAsync(new { inputs = new[] { "c", "d" } }),
        ];
        var refused = await Task.WhenAny(both);
        FirstRefusal = await refused;
        _waiting.Add(both.Single(answer => answer != refused));
    }
}
