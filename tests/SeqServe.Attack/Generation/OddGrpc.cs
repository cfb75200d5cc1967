using SeqServe.Attack.Server;

namespace SeqServe.Attack.Generation;

/// <summary>Calls of gRPC whose framing, path, metadata or messages are wrong.</summary>
internal static class OddGrpc
{
    private const string Service = "/inference.GRPCInferenceService/";

    private static readonly string[] s_methods =
    [
        "ModelInfer", "ModelStreamInfer", "ServerLive", "ServerReady", "ServerMetadata", "ModelReady", "ModelMetadata", "RepositoryIndex",
        "RepositoryModelLoad", "RepositoryModelUnload",
    ];

    private static readonly string[] s_otherPaths =
    [
        "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/List", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Service + "Nope",
        "/inference.Nope/ModelInfer", "/", "/inference.GRPCInferenceService", Service, "/a/b/c", "/%00/a", "/inference.grpcinferenceservice/modelinfer",
        "/INFERENCE.GRPCINFERENCESERVICE/ServerLive", Service + "ModelStatistics", "/v1/models", "/v2/models/attack-twice/infer", "/metrics",
    ];

    private static readonly string[] s_types =
    [
        "application/grpc+proto", "application/grpc+json", "application/grpc-web", "application/json", "text/plain",
        "application/grpc; a=b", "APPLICATION/GRPC",
    ];

    private static readonly (string Name, string Value)[] s_metadata =
    [
        ("grpc-timeout", "1S"), ("grpc-timeout", "abc"), ("grpc-timeout", "-1m"), ("grpc-timeout", "99999999H"), ("grpc-timeout", "1n"), ("grpc-timeout", ""),
        ("grpc-encoding", "gzip"), ("grpc-encoding", "nope"), ("grpc-encoding", "identity"), ("grpc-accept-encoding", "gzip,nope"), ("x-bin", "!!!"),
        ("x-request-id", "a\tb"), ("user-agent", ""), ("content-encoding", "gzip"), ("authorization", "Bearer"), ("grpc-status", "0"), ("te", "gzip"),
        ("x-priority", "zz"), ("x-request-timeout-ms", "-1"), ("traceparent", "00-x"),
        ("inference-header-content-length", "5"), ("grpc-previous-rpc-attempts", "x"),
    ];

    /// <summary>A call whose message is malformed; its frame is right.</summary>
    public static GrpcRequest WithOddMessage(Dice dice)
    {
        var method = dice.Pick(s_methods);
        var isInfer = method is "ModelInfer" or "ModelStreamInfer" || dice.Chance(20);
        var message = isInfer && !method.StartsWith("Repository", StringComparison.Ordinal)
            ? OddProtobuf.Make(dice)
            : OddProtobuf.Named(AttackModels.Spare, dice);
        return new GrpcRequest { Label = Service + method, Path = Service + method, Body = Wire.Frame(message), Expectation = Expectation.Answer };
    }

    /// <summary>A call whose frame, path or metadata is malformed.</summary>
    public static GrpcRequest WithOddFrame(Dice dice)
    {
        var (model, inputs) = TensorSample.Pick(dice);
        var message = OddProtobuf.Infer(model, inputs);
        var frame = Wire.Frame(message);
        var method = Service + dice.Pick("ModelInfer", "ModelStreamInfer", "ServerLive");
        var request = new GrpcRequest { Label = method, Path = method, Body = frame };
        return dice.Below(12) switch
        {
            0 => request with { Body = Wire.Frame(message, flag: dice.Pick<byte>(1, 2, 128, 255)) },
            1 => request with { Body = Wire.Frame(OddBytes.GZip(message), flag: 1), Headers = [("grpc-encoding", dice.Pick("gzip", "deflate", "nope"))] },
            2 => request with { Body = Wire.Frame(message, length: message.Length + dice.Between(-5, 5)) },
            3 => request with { Body = Wire.Frame(message, length: dice.Pick<long>(0, int.MaxValue, uint.MaxValue, 64 << 20, (64 << 20) + 1)) },
            4 => request with { Body = frame[..dice.Below(frame.Length)] },
            5 => request with { Body = [.. Enumerable.Repeat(frame, dice.Between(2, 20)).SelectMany(part => part)] },
            6 => request with { Body = [.. frame, .. dice.Bytes(dice.Between(1, 9))] },
            7 => Elsewhere(request, dice),
            8 => request with { ContentType = dice.Pick(s_types) },
            9 => request with { Headers = [.. Enumerable.Range(0, dice.Between(1, 3)).Select(_ => dice.Pick(s_metadata))] },
            10 => request with { Method = dice.Pick("GET", "PUT", "OPTIONS", "DELETE"), Body = dice.Chance(50) ? [] : frame },
            _ => request with { Body = dice.Bytes(dice.Size(3000)) },
        };
    }

    private static GrpcRequest Elsewhere(GrpcRequest request, Dice dice)
    {
        var path = dice.Chance(70) ? dice.Pick(s_otherPaths) : Case(Service + dice.Pick(s_methods.AsSpan(0, 7)), dice);
        return request with { Label = path, Path = path, Body = dice.Chance(50) ? request.Body : Wire.Frame([]) };
    }

    private static string Case(string path, Dice dice) =>
        string.Concat(path.Select(c => dice.Chance(50) ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));
}
