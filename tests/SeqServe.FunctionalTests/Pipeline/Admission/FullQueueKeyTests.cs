using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline.Admission;

public sealed class FullQueueKeyTests : IAsyncLifetime
{
    private const string Key = "the-key-of-these-tests";
    private const string Body = """{"inputs": "good"}""";
    private FullQueue _full = null!;

    public async Task InitializeAsync() => _full = await FullQueue.MakeAsync(
        new Dictionary<string, string>
        {
            ["SeqServe:ApiKeys:filling:Key"] = "the-key-that-fills-it",
            ["SeqServe:ApiKeys:tests:Key"] = Key,
            ["SeqServe:ApiKeys:tests:RequestsPerMinute"] = "1",
        },
        "the-key-that-fills-it");

    public async Task DisposeAsync() => await _full.DisposeAsync();

    [Fact]
    public async Task Request_WithoutAKey_IsUnauthorized() => await _full.SendAsync(Body).AsProblemAsync(401, "unauthorized");

    [Fact]
    public async Task Request_WithAnUnknownKey_IsUnauthorized() => await _full.SendAsync(Body, ("X-Api-Key", Key + "x")).AsProblemAsync(401, "unauthorized");

    [Fact]
    public async Task Request_WithAKey_IsRefusedAndCostsNothingOfItsRate()
    {
        for (var i = 0; i < 3; i++)
            await _full.SendAsync(Body, ("X-Api-Key", Key)).AsProblemAsync(429, "overloaded");

        using var response = await _full.Client.SendAsync(HttpMethod.Get, "/v1/models", null, ("X-Api-Key", Key));

        Assert.True(response.IsSuccessStatusCode);
    }
}
