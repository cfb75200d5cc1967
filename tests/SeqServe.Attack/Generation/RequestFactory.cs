using System.Globalization;

namespace SeqServe.Attack.Generation;

/// <summary>Makes the request of an index.</summary>
internal sealed class RequestFactory
{
    // Requests whose work could be large by their form alone carry a deadline: waiting for work that was asked for is no hang.
    private const int LargeBody = 2000;
    private const int DeadlineMs = 2000;

    private readonly long _seed;
    private readonly Samples _samples;
    private readonly (string Kind, int Weight, Func<Dice, AttackRequest> Make)[] _kinds;
    private readonly int _weights;

    /// <param name="seed">The run's.</param>
    /// <param name="documented">The routes of the server's OpenAPI document.</param>
    public RequestFactory(long seed, IReadOnlyList<OpenApiRoute> documented)
    {
        _seed = seed;
        _samples = new Samples(documented);
        _kinds =
        [
            ("valid", 6, dice => Samples.Valid(dice).ToRequest()),
            ("json-values", 16, dice => JsonValues(dice).ToRequest()),
            ("json-bytes", 14, dice => JsonBytes(dice).ToRequest()),
            ("headers", 10, dice => Changed(dice, OddHeaders.Change)),
            ("targets", 8, dice => Changed(dice, OddTargets.Change)),
            ("tensors", 12, dice => Bounded(OddTensors.Make(dice)).ToRequest()),
            ("binary", 8, dice => Bounded(OddBinary.Make(dice)).ToRequest()),
            ("forms", 6, dice => Bounded(OddForms.Make(dice)).ToRequest()),
            ("sockets", 8, dice => OddHttp.Make(_samples.Any(dice), dice)),
            ("protobuf", 10, OddGrpc.WithOddMessage),
            ("grpc", 8, OddGrpc.WithOddFrame),
            ("frames", 2, OddFrames.Make),
            ("lookup", 3, dice => OddValues.OutOfRange(dice).ToRequest()),
            ("values", 3, dice => OddValues.Fatal(dice).ToRequest()),
        ];
        _weights = _kinds.Sum(kind => kind.Weight);
    }

    /// <summary>The names of all kinds.</summary>
    public IEnumerable<string> Kinds => _kinds.Select(kind => kind.Kind);

    /// <summary>The request of an index, the same at each call.</summary>
    public AttackRequest Make(long index)
    {
        var dice = new Dice(_seed, index);
        var at = dice.Below(_weights);
        foreach (var (kind, weight, make) in _kinds)
        {
            if ((at -= weight) < 0)
                return make(dice) with { Kind = kind, Index = index };
        }

        throw new InvalidOperationException("The weights of the kinds do not add up.");
    }

    private HttpDraft JsonValues(Dice dice)
    {
        var draft = _samples.WithJson(dice);
        draft.Body = OddJson.Change(draft.Body, dice);
        return Bounded(draft);
    }

    private HttpDraft JsonBytes(Dice dice)
    {
        var draft = _samples.WithJson(dice);
        draft.Body = OddBytes.Damage(draft.Body, dice);
        return Bounded(draft);
    }

    private SocketRequest Changed(Dice dice, Action<HttpDraft, Dice> change)
    {
        var draft = _samples.Any(dice);
        change(draft, dice);
        return draft.ToRequest();
    }

    // An answer to a body that the server need not read to its end may be lost when it closes the connection.
    private static HttpDraft Bounded(HttpDraft draft)
    {
        if (draft.Body.Length > LargeBody)
            draft.Set("X-Request-Timeout-Ms", DeadlineMs.ToString(CultureInfo.InvariantCulture));
        if (draft.Body.Length > 1 << 20)
            draft.Expectation = Expectation.NoFault;
        return draft;
    }
}
