using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Core.Tensors;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference;

/// <summary>A server where answers of other callers wait to be read, as many as may wait.</summary>
public sealed class AnswerBudgetTests : IAsyncLifetime
{
    private const string Model = "t";
    private const int Large = 1 << 20;
    private const string Json = """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}""";

    private FakeTensorServer _fake = null!;
    private AnswerBudget _budget = null!;
    private IDisposable _others = null!;

    public async Task InitializeAsync()
    {
        _fake = await FakeTensorServer.StartAsync(new Dictionary<string, string> { ["SeqServe:MaxTensorAnswerBytes"] = $"{Large}" });
        _budget = _fake.Server.Services.GetRequiredService<AnswerBudget>();
        Assert.Equal(Large, _budget.Limit);
        _others = _budget.Begin(Large)!;
    }

    public async Task DisposeAsync()
    {
        _others.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task Rest_LargeAnswer_Is429UntilOthersWereRead()
    {
        using var client = _fake.Server.CreateClient();
        AnswerWith(Large / 16);

        Assert.Contains("wait to be read by other callers", await client.InferAsync(Model, Json).ErrorAsync(429), StringComparison.Ordinal);
        Assert.Equal(1, (await MetricsPage.ReadAsync(client)).Requests("overloaded"));
        _others.Dispose();
        await client.InferAsync(Model, Json).ReadAsync();

        Assert.Equal((0, 0L), (_fake.Tensors.Outstanding, _budget.Waiting));
    }

    [Fact]
    public async Task Rest_SmallAnswer_IsAnswered()
    {
        using var client = _fake.Server.CreateClient();

        await client.InferAsync(Model, Json).ReadAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Grpc_LargeAnswer_IsExhaustedUntilOthersWereRead(bool isTyped)
    {
        using var channel = GrpcServer.Open(_fake.Server);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        AnswerWith(Large / 16);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Question(isTyped)));
        using var stream = client.ModelStreamInfer();
        await stream.RequestStream.WriteAsync(Question(isTyped));
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        var inStream = stream.ResponseStream.Current.ErrorMessage;
        _others.Dispose();

        Assert.Equal((StatusCode.ResourceExhausted, "1"), (refused.StatusCode, refused.Trailers.GetValue("retry-after")));
        Assert.Contains("wait to be read by other callers", inStream, StringComparison.Ordinal);
        var answer = await client.ModelInferAsync(Question(isTyped));
        Assert.Equal(Large / 16, isTyped ? answer.Outputs[0].Contents.Fp32Contents.Count : answer.RawOutputContents[0].Length / sizeof(float));
        await Eventually.IsTrueAsync(() => _fake.Tensors.Outstanding == 0 && _budget.Waiting == 0);
    }

    private static ModelInferRequest Question(bool isTyped)
    {
        var input = new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 2 } };
        var question = new ModelInferRequest { ModelName = Model, Inputs = { input } };
        if (isTyped)
            input.Contents = new InferTensorContents { Fp32Contents = { 1, 2 } };
        else
            question.RawInputContents.Add(ByteString.CopyFrom(new byte[8]));
        return question;
    }

    private void AnswerWith(int floats) =>
        _fake.Tensors.Answer = _ => [new Tensor("y", TensorDatatype.Fp32, [floats / 2, 2], new byte[sizeof(float) * floats])];
}
