using Grpc.Core;
using Grpc.Net.Client;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

/// <summary>A server with a text model, a bare graph of each datatype, and keys; called by gRPC.</summary>
public sealed class GrpcServer : IAsyncLifetime
{
    public const string Text = "film";
    public const string Numbers = "numbers";
    public const string Everything = "everything";
    public const string AdminKey = "the-admin-key-of-the-tests";
    public const string OtherKey = "another-key-of-the-tests";

    /// <summary>The datatypes with their numbers in onnx.proto.</summary>
    public static readonly IReadOnlyDictionary<string, int> Datatypes = new Dictionary<string, int>
    {
        ["FP32"] = 1,
        ["UINT8"] = 2,
        ["INT8"] = 3,
        ["UINT16"] = 4,
        ["INT16"] = 5,
        ["INT32"] = 6,
        ["INT64"] = 7,
        ["BYTES"] = 8,
        ["BOOL"] = 9,
        ["FP16"] = 10,
        ["FP64"] = 11,
        ["UINT32"] = 12,
        ["UINT64"] = 13,
        ["BF16"] = 16,
    };

    private readonly TemporaryRepository _repository = new TemporaryRepository().With(Text).WithBroken("broken")
        .WithBare(Numbers, OnnxGraph.Identity([new("x", OnnxGraph.FloatType, 0, 3)], (new("y", OnnxGraph.FloatType, 0, 3), "x")))
        .WithBare(Everything, OnnxGraph.Identity(
            [.. Datatypes.Select(d => new OnnxTensor(d.Key, d.Value, 2))],
            [.. Datatypes.Select(d => (new OnnxTensor($"{d.Key} out", d.Value, 2), d.Key))]));

    internal SeqServer Server { get; private set; } = null!;

    internal GrpcChannel Channel { get; private set; } = null!;

    internal GRPCInferenceService.GRPCInferenceServiceClient Client { get; private set; } = null!;

    /// <summary>The headers of a caller.</summary>
    public static Metadata As(string key) => new() { { "x-api-key", key } };

    /// <summary>A channel into a server without sockets.</summary>
    internal static GrpcChannel Open(SeqServer server) =>
        GrpcChannel.ForAddress(
            server.Server.BaseAddress,
            new GrpcChannelOptions { HttpHandler = server.Server.CreateHandler(), MaxReceiveMessageSize = null, MaxSendMessageSize = null });

    public async Task InitializeAsync()
    {
        Server = await new SeqServer(new Dictionary<string, string>
        {
            ["SeqServe:ModelRepository"] = _repository.Path,
            ["SeqServe:ApiKeys:admin:Key"] = AdminKey,
            ["SeqServe:ApiKeys:admin:Admin"] = "true",
            ["SeqServe:ApiKeys:other:Key"] = OtherKey,
        }).StartAsync();
        Channel = Open(Server);
        Client = new GRPCInferenceService.GRPCInferenceServiceClient(Channel);
    }

    public async Task DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
        _repository.Dispose();
    }
}
