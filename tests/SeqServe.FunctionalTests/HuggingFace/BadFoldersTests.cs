using System.Text.Json;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.HuggingFace;

public sealed class BadFoldersTests(BadFoldersServer server) : IClassFixture<BadFoldersServer>
{
    public static TheoryData<string> Names => [.. BadFolders.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task BadFolder_Loaded_SaysWhatIsWrongAndTheServerGoesOn(string name)
    {
        var version = server.Models[name];

        var reason = version.GetProperty("reason").GetString()!;
        Assert.Equal("Unavailable", version.GetProperty("state").GetString());
        Assert.All(BadFolders.All[name].Reason, part => Assert.Contains(part, reason, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Folder, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("log has the cause", reason, StringComparison.Ordinal);
        Assert.Single((await server.Client.ClassifyAsync(new { inputs = Calls.Review, model = BadFoldersServer.Whole }).ReadAsync()).Results());
    }
}

/// <summary>One server with a whole folder and every bad one beside it.</summary>
public sealed class BadFoldersServer : IAsyncLifetime
{
    public const string Whole = "whole";

    private readonly TemporaryFolder _repository = new();
    private SeqServer _server = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The models as the server lists them, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Models { get; private set; } = null!;

    public string Folder => _repository.Path;

    public async Task InitializeAsync()
    {
        _ = Copy("bert-sentiment", Whole);
        foreach (var (name, (source, spoil, _)) in BadFolders.All)
            spoil(Copy(source, name));
        _server = await new SeqServer(new Dictionary<string, string> { ["SeqServe:ModelRepository"] = Folder }).StartAsync();
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

    private BadFolder Copy(string source, string name) => new(Path.Combine(HuggingFaceServer.Models, source), Path.Combine(Folder, name));
}
