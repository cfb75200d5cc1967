using SeqServe.Attack.Generation;

namespace SeqServe.UnitTests.Attack;

public class RequestFactoryTests
{
    private const int Many = 1500;

    private static readonly OpenApiRoute[] s_routes = [new("POST", "/v1/classify", [("inputs", "A film."), ("top_k", 2)])];

    [Fact]
    public void Make_OfTheSameSeedAndIndex_IsTheSameRequest()
    {
        var first = new RequestFactory(7, s_routes);
        var second = new RequestFactory(7, s_routes);
        _ = Enumerable.Range(0, 50).Select(i => first.Make(i)).ToList();

        foreach (var index in new[] { 3, 999, 123_456_789 })
            Assert.Equal(Bytes(first.Make(index)), Bytes(second.Make(index)));
    }

    [Fact]
    public void Make_OfAnotherSeed_IsAnotherSeries()
    {
        var first = new RequestFactory(7, s_routes);
        var second = new RequestFactory(8, s_routes);

        Assert.NotEqual(Enumerable.Range(0, 20).Select(i => Bytes(first.Make(i))), Enumerable.Range(0, 20).Select(i => Bytes(second.Make(i))));
    }

    [Fact]
    public void Make_OfManyIndices_IsOfEveryKindAndBounded()
    {
        var factory = new RequestFactory(1, s_routes);

        var requests = Enumerable.Range(0, Many).Select(i => factory.Make(i)).ToList();

        Assert.Equal(factory.Kinds.Order(), requests.Select(request => request.Kind).Distinct().Order());
        Assert.Equal(Enumerable.Range(0, Many).Select(i => (long)i), requests.Select(request => request.Index));
        Assert.All(requests, request => Assert.InRange(Bytes(request).Length, 0, 16 << 20));
    }

    // A malformed request must not unload a model that the good requests are for.
    [Fact]
    public void Make_OfManyIndices_NamesOnlyTheSpareModelToAdminRoutes()
    {
        var factory = new RequestFactory(2, s_routes);

        var unloads = Enumerable.Range(0, 4 * Many).Select(i => factory.Make(i)).OfType<SocketRequest>()
            .Where(request => request.Label.Contains("load", StringComparison.Ordinal)).Select(request => request.Label).ToList();

        Assert.NotEmpty(unloads);
        Assert.DoesNotContain(unloads, label => label.Contains("sentiment-gru/unload", StringComparison.Ordinal));
        Assert.DoesNotContain(unloads, label => label.Contains("attack-twice/unload", StringComparison.Ordinal));
    }

    private static byte[] Bytes(AttackRequest request) => request switch
    {
        SocketRequest socket => [.. socket.Parts.SelectMany(part => part)],
        GrpcRequest grpc => grpc.Body,
        _ => throw new ArgumentException("No such request."),
    };
}
