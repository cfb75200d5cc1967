using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SeqServe.Core.Registry;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;

namespace SeqServe.FunctionalTests.Support;

/// <summary>The servers that the rows of the error table need, each started when it is first asked for.</summary>
public sealed class ErrorServers : IAsyncLifetime
{
    public const string Key = "a-key-for-the-tests";
    public const string SpentKey = "a-key-without-rate-left";
    public const int MaxBytes = 4096;
    private readonly ConcurrentDictionary<string, Lazy<Task<SeqServer>>> _servers = new();
    private readonly ConcurrentStack<IDisposable> _rest = new();
    private readonly ConcurrentStack<IAsyncDisposable> _hosts = new();
    private readonly Lazy<Task<LanguageModelServer>> _languageModels;

    private readonly Lazy<Task<EncoderServer>> _encoders;

    public ErrorServers()
    {
        _languageModels = new Lazy<Task<LanguageModelServer>>(LanguageModelsOfItsOwnAsync);
        _encoders = new Lazy<Task<EncoderServer>>(EncodersOfItsOwnAsync);
    }

    /// <summary>The shipped models, with a small body limit, over real sockets.</summary>
    internal Task<HttpClient> SmallBodiesAsync() =>
        ClientAsync("small bodies", () => new SeqServer(new Dictionary<string, string> { ["SeqServe:MaxRequestBytes"] = $"{MaxBytes}" }).OverKestrel());

    /// <summary>One shipped model over real sockets, with the test's own limits of the web server.</summary>
    internal Task<HttpClient> ImpatientAsync(Action<IServiceCollection> services) =>
        ClientAsync("impatient", () => new SeqServer(new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default }, services).OverKestrel());

    /// <summary>A known key, and one whose only request of the minute is spent.</summary>
    internal async Task<HttpClient> KeyedAsync()
    {
        var client = await ClientAsync("keys", () => new SeqServer(new Dictionary<string, string>
        {
            ["SeqServe:Models:0"] = Shipped.Default,
            ["SeqServe:ApiKeys:tests:Key"] = Key,
            ["SeqServe:ApiKeys:spent:Key"] = SpentKey,
            ["SeqServe:ApiKeys:spent:Admin"] = "true",
            ["SeqServe:ApiKeys:spent:RequestsPerMinute"] = "1",
        }));
        (await client.SendAsync(HttpMethod.Get, "/v1/models", null, ("X-Api-Key", SpentKey))).Dispose();
        return client;
    }

    /// <summary>A repository with one whole and one broken model.</summary>
    internal Task<HttpClient> BrokenModelAsync() => ClientAsync("broken model", () =>
    {
        var repository = Keep(new TemporaryRepository().With("whole").WithBroken("broken"));
        return new SeqServer(repository.Settings);
    });

    internal async Task<HttpClient> DrainingAsync()
    {
        var client = await ClientAsync("draining", () => new SeqServer());
        (await _servers["draining"].Value).Services.GetRequiredService<ModelRegistry>().Drain();
        return client;
    }

    /// <summary>A server that has lost its registry: a fault of the server that no code of ours foresees.</summary>
    internal Task<HttpClient> FaultyAsync() => ClientAsync("faulty", () => new SeqServer(services: services =>
    {
        ModelRegistry? made = null;
        services.AddTransient(provider =>
        {
            made ??= ActivatorUtilities.CreateInstance<ModelRegistry>(provider);
            return provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.IsCancellationRequested
                ? throw new InvalidOperationException("A secret of the server, at System.Secret in /etc/secret.")
                : made;
        });
    }));

    /// <summary>Language models whose graphs are fakes.</summary>
    internal async Task<HttpClient> LanguageModelsAsync() => Keep((await _languageModels.Value).Server.CreateClient());

    /// <summary>A server of its own with language models that the test holds and breaks.</summary>
    internal async Task<LanguageModelServer> LanguageModelsOfItsOwnAsync()
    {
        var server = await LanguageModelServer.StartAsync();
        _hosts.Push(server);
        return server;
    }

    /// <summary>A tagger, a reranker and an embedding model whose graphs are fakes.</summary>
    internal async Task<HttpClient> EncodersAsync() => Keep((await _encoders.Value).Server.CreateClient());

    /// <summary>A server of its own with such models that the test holds and breaks.</summary>
    internal async Task<EncoderServer> EncodersOfItsOwnAsync()
    {
        var server = await EncoderServer.StartAsync();
        _hosts.Push(server);
        return server;
    }

    /// <summary>A server of its own, whose model the test holds.</summary>
    internal async Task<FakeServer> FakeAsync()
    {
        var fake = await FakeServer.StartAsync();
        _hosts.Push(fake);
        return fake;
    }

    /// <summary>A server of its own with translators that the test holds.</summary>
    internal async Task<TranslateServer> TranslatorsAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var fake = await TranslateServer.StartAsync(settings);
        _hosts.Push(fake);
        return fake;
    }

    /// <summary>A server of its own with a model of task tensor that the test holds.</summary>
    internal async Task<FakeTensorServer> TensorsAsync()
    {
        var fake = await FakeTensorServer.StartAsync();
        _hosts.Push(fake);
        return fake;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        foreach (var rest in _rest)
            rest.Dispose();
    }

    private T Keep<T>(T owned)
        where T : IDisposable
    {
        _rest.Push(owned);
        return owned;
    }

    private async Task<HttpClient> ClientAsync(string name, Func<SeqServer> make)
    {
        var server = await _servers.GetOrAdd(name, _ => new Lazy<Task<SeqServer>>(() => StartAsync(make()))).Value;
        return Keep(server.CreateClient());
    }

    private Task<SeqServer> StartAsync(SeqServer server)
    {
        _hosts.Push(server);
        return server.StartAsync();
    }
}
