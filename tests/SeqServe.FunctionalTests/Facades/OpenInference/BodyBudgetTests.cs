using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference;

/// <summary>A server whose memory for requests is taken by others.</summary>
public sealed class BodyBudgetTests
{
    private const string Model = "t";

    [Fact]
    public async Task Rest_WhileOthersTakeTheMemory_Is429AndLaterAnswered()
    {
        await using var fake = await FakeTensorServer.StartAsync();
        using var client = fake.Server.CreateClient();
        using var others = Fill(fake.Server);
        const string Json = """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}""";

        Assert.Contains("Other requests take", await client.InferAsync(Model, Json).ErrorAsync(429), StringComparison.Ordinal);
        others.Dispose();

        Assert.Equal("[2,3]", (await client.InferAsync(Model, Json).ReadAsync()).Outputs()["y"].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Grpc_WhileOthersTakeTheMemory_IsExhaustedAndLaterAnswered()
    {
        await using var fake = await FakeTensorServer.StartAsync();
        using var http = fake.Server.CreateClient();
        using var channel = GrpcServer.Open(fake.Server);
        using var others = Fill(fake.Server);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        var input = new ModelInferRequest.Types.InferInputTensor
        {
            Name = "x",
            Datatype = "FP32",
            Shape = { 1, 2 },
            Contents = new InferTensorContents { Fp32Contents = { 1, 2 } },
        };
        var request = new ModelInferRequest { ModelName = Model, Inputs = { input } };

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(request));
        others.Dispose();

        Assert.Equal((StatusCode.ResourceExhausted, "1"), (fault.StatusCode, fault.Trailers.GetValue("retry-after")));
        Assert.Contains("Other requests take", fault.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(1, (await MetricsPage.ReadAsync(http)).Requests("overloaded"));
        Assert.Equal([2, 3], (await client.ModelInferAsync(request)).Outputs[0].Contents.Fp32Contents);
    }

    private static BodyReservation Fill(SeqServer server)
    {
        var budget = server.Services.GetRequiredService<BodyBudget>();
        var others = budget.Begin();
        others.Add(budget.Limit);
        return others;
    }
}
