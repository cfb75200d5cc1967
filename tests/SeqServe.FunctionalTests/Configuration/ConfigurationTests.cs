using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Configuration;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task Start_WithSeveralWrongValues_IsRefusedWithAllOfThem()
    {
        var message = await RefusalAsync(new()
        {
            ["SeqServe:Threads"] = "0",
            ["SeqServe:MaxRequestBytes"] = "12",
            ["SeqServe:MaxClientBatch"] = "70000",
            ["SeqServe:DrainTimeout"] = "02:00:00",
            ["SeqServe:RequestTimeout"] = "00:00:00",
            ["SeqServe:RepositoryPollInterval"] = "00:00:00.5",
            ["SeqServe:DefaultModels:poetry"] = "x",
            ["SeqServe:ApiKeys:me:Key"] = "short-secret",
            ["SeqServe:ApiKeys:me:RequestsPerMinute"] = "0",
            ["SeqServe:ModelRepository"] = "no/such/folder",
        });

        string[] keys =
        [
            "Threads", "MaxRequestBytes", "MaxClientBatch", "DrainTimeout", "RequestTimeout", "RepositoryPollInterval", "DefaultModels:poetry",
            "ApiKeys:me:Key", "ApiKeys:me:RequestsPerMinute", "ModelRepository",
        ];
        Assert.All(keys, key => Assert.Contains($"SeqServe:{key}", message, StringComparison.Ordinal));
        Assert.DoesNotContain("short-secret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SeqServe:Threds", "4", "Threds")]
    [InlineData("SeqServe:ApiKeys:me:RequestPerMinute", "4", "RequestPerMinute")]
    [InlineData("SeqServe:Threads", "many", "Threads")]
    [InlineData("SeqServe:DefaultModels:classification", "sentiment-lsmt", "sentiment-lsmt")]
    [InlineData("SeqServe:Device", "tpu", "Device")]
    [InlineData("SeqServe:LogFormat", "xml", "LogFormat")]
    [InlineData("SeqServe:DrainTimeout", "soon", "DrainTimeout")]
    public async Task Start_WithAKeyOrValueThatCannotBeRead_IsRefusedWithItsName(string key, string value, string expected)
    {
        var message = await RefusalAsync(new() { [key] = value });

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SeqServe:Device", "CPU")]
    [InlineData("SeqServe:LogFormat", "json")]
    [InlineData("SeqServe:DefaultModels:classification", Shipped.Default)]
    public async Task Start_WithARightValue_IsReady(string key, string value)
    {
        await using var server = await new SeqServer(new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, [key] = value }).StartAsync();
        using var client = server.CreateClient();

        Assert.Equal(200, (int)(await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task DefaultModel_Configured_AnswersRequestsThatNameNone()
    {
        await using var server = await new SeqServer(
            new Dictionary<string, string> { ["SeqServe:DefaultModels:classification"] = "sentiment-transformer" }).StartAsync();
        using var client = server.CreateClient();

        var answer = await client.ClassifyAsync(new { inputs = Calls.Review }).ReadAsync();

        Assert.Equal("sentiment-transformer", answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Models_Configured_AreTheOnlyOnesAndMissingOnesAreShown()
    {
        await using var server = await new SeqServer(
            new Dictionary<string, string> { ["SeqServe:Models:0"] = "sentiment-transformer", ["SeqServe:Models:1"] = "missing" }).StartAsync();
        using var client = server.CreateClient();

        var list = await client.GetAsync(new Uri("/v1/models", UriKind.Relative)).ReadAsync();

        var models = list.GetProperty("data").EnumerateArray().ToDictionary(m => m.GetProperty("id").GetString()!, m => m.GetProperty("versions")[0]);
        Assert.Equal(["missing", "sentiment-transformer"], models.Keys.Order());
        Assert.Contains("not in the repository", models["missing"].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxClientBatch_Configured_IsTheLimit()
    {
        await using var server = await new SeqServer(
            new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["SeqServe:MaxClientBatch"] = "2" }).StartAsync();
        using var client = server.CreateClient();

        await client.ClassifyAsync(new { inputs = new[] { "a", "b" } }).ReadAsync();
        await client.ClassifyAsync(new { inputs = new[] { "a", "b", "c" } }).AsProblemAsync(400, "invalid-request");
    }

    [Fact]
    public async Task MaxClientBatch_Configured_IsTheLimitOfTensorsOfText()
    {
        await using var server = await new SeqServer(
            new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["SeqServe:MaxClientBatch"] = "2" }).StartAsync();
        using var client = server.CreateClient();
        using var channel = GrpcServer.Open(server);
        var grpc = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        const string Refusal = "input \"text\": holds 3 texts, at most 2 are taken; send several requests";

        await client.InferAsync(Shipped.Default, Texts(2)).ReadAsync();
        Assert.Equal(Refusal, await client.InferAsync(Shipped.Default, Texts(3)).ErrorAsync(400));
        await grpc.ModelInferAsync(Question(2));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await grpc.ModelInferAsync(Question(3)));
        Assert.Equal((StatusCode.InvalidArgument, Refusal), (refused.StatusCode, refused.Status.Detail));

        static string Texts(int count)
        {
            var texts = string.Join(", ", Enumerable.Repeat("\"good\"", count));
            return $$"""{"inputs": [{"name": "text", "shape": [{{count}}], "datatype": "BYTES", "data": [{{texts}}]}]}""";
        }

        static ModelInferRequest Question(int count) => new()
        {
            ModelName = Shipped.Default,
            Inputs =
            {
                new ModelInferRequest.Types.InferInputTensor
                {
                    Name = "text",
                    Datatype = "BYTES",
                    Shape = { count },
                    Contents = new InferTensorContents { BytesContents = { Enumerable.Repeat(ByteString.CopyFromUtf8("good"), count) } },
                },
            },
        };
    }

    private static async Task<string> RefusalAsync(Dictionary<string, string> settings)
    {
        await using var server = new SeqServer(settings);
        var refusal = Assert.ThrowsAny<Exception>(server.Begin);
        Assert.True(refusal is OptionsValidationException or InvalidOperationException, refusal.ToString());
        return $"{refusal.Message} {refusal.InnerException?.Message}";
    }
}
