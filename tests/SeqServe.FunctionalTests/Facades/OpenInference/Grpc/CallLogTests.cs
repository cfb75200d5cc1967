using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;
using Serilog.Core;
using Serilog.Events;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

public sealed class CallLogTests
{
    private const string Forged = "x\n18:00:00.000 INF Model t is unloaded \u001b[2J";

    [Fact]
    public async Task Log_OfARefusedCall_IsOneLineAndHoldsNothingOfTheCallers()
    {
        var log = new CapturedLog();
        await using var fake = await FakeTensorServer.StartAsync(
            new Dictionary<string, string> { ["Serilog:MinimumLevel:Default"] = "Debug" }, services => services.AddSingleton<ILogEventSink>(log));
        using var channel = GrpcServer.Open(fake.Server);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        log.Forget();

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Question(Forged)));
        using var stream = client.ModelStreamInfer();
        await stream.RequestStream.WriteAsync(Question(Forged));
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        await Eventually.IsTrueAsync(() => log.Requests.Count == 2);
        Assert.DoesNotContain("is unloaded", log.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, IsOfTheLibrary);
        Assert.DoesNotContain(log.Lines, line => line.Level > LogEventLevel.Information);
    }

    private static ModelInferRequest Question(string input) => new()
    {
        ModelName = "t",
        Inputs =
        {
            new ModelInferRequest.Types.InferInputTensor
            {
                Name = input, Datatype = "FP32", Shape = { 1, 2 }, Contents = new InferTensorContents { Fp32Contents = { 1, 2 } },
            },
        },
    };

    private static bool IsOfTheLibrary(LogEvent line) =>
        line.Properties.TryGetValue("SourceContext", out var source) && source.ToString().StartsWith("\"Grpc.", StringComparison.Ordinal);
}
