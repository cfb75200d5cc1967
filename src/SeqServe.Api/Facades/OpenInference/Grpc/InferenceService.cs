using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Api.Security;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>The Open Inference Protocol over gRPC.</summary>
internal sealed class InferenceService(
    ModelRegistry registry,
    TensorInference inference,
    ModelMetadataReader metadata,
    InferRequests requests,
    RepositoryCalls repository,
    HealthCheckService health,
    ServerReadiness readiness,
    AnswerBudget answers,
    ApiKeyGate gate) : GRPCInferenceService.GRPCInferenceServiceBase
{
    private static readonly string[] s_extensions = ["model_repository", "parameters", "sequence"];

    [AllowWithoutKey]
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    [AllowWithoutKey]
    public override async Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context)
    {
        var report = await health.CheckHealthAsync(HealthEndpoints.IsOfReadiness, context.CancellationToken);
        return new ServerReadyResponse { Ready = report.Status == HealthStatus.Healthy };
    }

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = OpenInferenceServer.Name, Version = OpenInferenceServer.Version, Extensions = { s_extensions } });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context)
    {
        var version = VersionOf(request.Version);
        // An unknown model is not ready, as with Triton, and not an error.
        var model = registry.List().FirstOrDefault(m => m.Name == request.Name);
        var ready = model?.Versions.Any(v => v.Status.State == ModelState.Ready && (version is null || v.Version == version)) ?? false;
        return Task.FromResult(new ModelReadyResponse { Ready = ready && !registry.IsDraining });
    }

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(InferResponses.Write(metadata.Read(request.Name, VersionOf(request.Version))));

    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        var response = await InferAsync(request, context);
        // The answer is written when this has returned, and its bytes lie in the outputs' memory.
        var outputs = context.GetHttpContext().Features.GetRequiredFeature<CallOutputs>();
        outputs.Hold(response, count: null);
        outputs.Hold(response, answers.Begin(InferResponses.BytesOf(request, response)));
        return InferResponses.Write(request, response);
    }

    public override async Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, readiness.Draining);
        for (var isFirst = true; await HasNextAsync(requestStream, ending.Token); isFirst = false)
        {
            var request = requestStream.Current;
            try
            {
                // The call itself was let in as one request, which is its first message.
                if (!isFirst)
                    gate.Admit(context.GetHttpContext());
                using var response = await InferAsync(request, context);
                using var count = answers.Begin(InferResponses.BytesOf(request, response));
                var answer = new ModelStreamInferResponse { InferResponse = InferResponses.Write(request, response) };
                await responseStream.WriteAsync(answer, context.CancellationToken);
            }
            catch (ServingException e)
            {
                var failed = new ModelStreamInferResponse
                {
                    ErrorMessage = FailureText.Of(Failure.Of(e), FailureWriter.TraceId(context.GetHttpContext())),
                    InferResponse = new ModelInferResponse { ModelName = request.ModelName, ModelVersion = request.ModelVersion, Id = request.Id },
                };
                await responseStream.WriteAsync(failed, context.CancellationToken);
            }
        }
    }

    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context)
    {
        var models = repository.Index(request.Ready)
            .Select(m => new RepositoryIndexResponse.Types.ModelIndex { Name = m.Name, Version = m.Version, State = m.State, Reason = m.Reason });
        return Task.FromResult(new RepositoryIndexResponse { Models = { models } });
    }

    [AdminOnly]
    public override async Task<RepositoryModelLoadResponse> RepositoryModelLoad(RepositoryModelLoadRequest request, ServerCallContext context)
    {
        await repository.LoadAsync(request.ModelName, request.Parameters.Keys);
        return new RepositoryModelLoadResponse();
    }

    [AdminOnly]
    public override async Task<RepositoryModelUnloadResponse> RepositoryModelUnload(RepositoryModelUnloadRequest request, ServerCallContext context)
    {
        await repository.UnloadAsync(request.ModelName);
        return new RepositoryModelUnloadResponse();
    }

    // A stream may be idle for hours, and a shutdown waits for what it has taken: the message at hand, not the next.
    private async Task<bool> HasNextAsync(IAsyncStreamReader<ModelInferRequest> requests, CancellationToken ending)
    {
        try
        {
            return await requests.MoveNext(ending);
        }
        catch (OperationCanceledException) when (readiness.Draining.IsCancellationRequested)
        {
            readiness.EndStream();
            throw new ServingException(ServingErrorCode.Draining, ProblemKinds.Draining.Example);
        }
    }

    private Task<TensorResponse> InferAsync(ModelInferRequest request, ServerCallContext context)
    {
        var ask = requests.Read(request, VersionOf(request.ModelVersion), context);
        return inference.InferAsync(ask, context.GetHttpContext().Served(), context.CancellationToken);
    }

    private static int? VersionOf(string text) =>
        text.Length == 0 ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw new ServingException(ServingErrorCode.InvalidRequest, "The version must be a whole number such as \"1\"; leave it empty for the newest.");
}
