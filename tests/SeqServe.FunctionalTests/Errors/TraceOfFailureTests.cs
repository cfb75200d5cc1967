using System.Net;
using Grpc.Core;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Errors;

/// <summary>Faults of the server in protocols that have no field for a trace: their text names it, so that a line of the log can be found.</summary>
public sealed class TraceOfFailureTests(ErrorServers servers) : IClassFixture<ErrorServers>
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = $"00-{TraceId}-00f067aa0ba902b7-01";

    [Theory]
    [InlineData("/translate", """{"q": "a", "source": "en", "target": "fr"}""")]
    [InlineData("/v2/models/sentiment-lstm/infer", """{"inputs": []}""")]
    [InlineData("/v1/completions", """{"prompt": "a", "model": "lm-gru"}""")]
    public async Task Rest_FaultOfTheServer_NamesItsTrace(string path, string body)
    {
        using var response = await (await servers.FaultyAsync()).SendRawAsync(path, body, ("traceparent", Parent));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains($"the log has it under this trace_id. The trace_id is {TraceId}.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rest_FaultOfTheCaller_NamesNone()
    {
        var client = (await servers.TensorsAsync()).Server.CreateClient();

        Assert.DoesNotContain("trace_id", await client.InferAsync("t", "{").ErrorAsync(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grpc_FaultOfTheServer_NamesItsTrace()
    {
        var fake = await servers.TensorsAsync();
        fake.Tensors.OnRun = static () => throw new InvalidOperationException("no");
        using var channel = GrpcServer.Open(fake.Server);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        var question = new ModelInferRequest
        {
            ModelName = "t",
            Inputs =
            {
                new ModelInferRequest.Types.InferInputTensor
                {
                    Name = "x", Datatype = "FP32", Shape = { 1, 2 }, Contents = new InferTensorContents { Fp32Contents = { 1, 2 } },
                },
            },
        };

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(question, new Metadata { { "traceparent", Parent } }));

        Assert.EndsWith($"The trace_id is {TraceId}.", fault.Status.Detail, StringComparison.Ordinal);
    }
}
