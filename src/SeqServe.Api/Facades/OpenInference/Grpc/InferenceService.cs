using System.Globalization;
using System.Reflection;
using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Api.Facades.OpenInference.Rest;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Api.Security;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>The Open Inference Protocol over gRPC.</summary>
internal sealed class InferenceService(ModelRegistry registry, TensorInference inference, InferRequests requests, RepositoryCalls repository, HealthCheckService health, ApiKeyGate gate) : GRPCInferenceService.GRPCInferenceServiceBase
{
    private const string Platform = "onnx_onnxv1";

    private static readonly string[] s_extensions = ["model_repository", "parameters", "sequence"];

    private static readonly string s_version = typeof(InferenceService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    [AllowWithoutKey]
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) => Task.FromResult(new ServerLiveResponse { Live = true });

    [AllowWithoutKey]
    public override async Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context)
    {
        var report = await health.CheckHealthAsync(HealthEndpoints.IsOfReadiness, context.CancellationToken);
        return new ServerReadyResponse { Ready = report.Status == HealthStatus.Healthy };
    }

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = "seqserve", Version = s_version, Extensions = { s_extensions } });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context)
    {
        var version = VersionOf(request.Version);
        // A model that nobody knows is not ready, as with Triton; asking is no mistake.
        var model = registry.List().FirstOrDefault(m => m.Name == request.Name);
        var ready = model?.Versions.Any(v => v.Status.State == ModelState.Ready && (version is null || v.Version == version)) ?? false;
        return Task.FromResult(new ModelReadyResponse { Ready = ready && !registry.IsDraining });
    }

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context)
    {
        var model = inference.Describe(request.Name, VersionOf(request.Version));
        var versions = registry.Describe(request.Name).Versions.Where(v => v.Status.State == ModelState.Ready).Select(v => v.Version.ToString(CultureInfo.InvariantCulture));
        return Task.FromResult(new ModelMetadataResponse
        {
            Name = model.Manifest.Name,
            Platform = Platform,
            Versions = { versions },
            Inputs = { model.Signature.Inputs.Select(InferResponses.Metadata) },
            Outputs = { model.Signature.Outputs.Select(InferResponses.Metadata) },
        });
    }

    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var response = await inference.InferAsync(requests.Read(request, VersionOf(request.ModelVersion), context), http.Served(), context.CancellationToken);
        // The answer is written when this has returned, and its bytes lie in the outputs' memory.
        http.Response.RegisterForDispose(response);
        return InferResponses.Write(request, response);
    }

    public override async Task ModelStreamInfer(IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context)
    {
        var isFirst = true;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            try
            {
                // The call itself was let in as one request, which is its first message.
                if (!isFirst)
                    gate.Admit(context.GetHttpContext());
                isFirst = false;
                using var response = await inference.InferAsync(requests.Read(request, VersionOf(request.ModelVersion), context), context.GetHttpContext().Served(), context.CancellationToken);
                await responseStream.WriteAsync(new ModelStreamInferResponse { InferResponse = InferResponses.Write(request, response) }, context.CancellationToken);
            }
            catch (ServingException e)
            {
                var failed = new ModelInferResponse { ModelName = request.ModelName, ModelVersion = request.ModelVersion, Id = request.Id };
                await responseStream.WriteAsync(new ModelStreamInferResponse { ErrorMessage = OpenInferenceErrorShape.Text(Failure.Of(e)), InferResponse = failed }, context.CancellationToken);
            }
        }
    }

    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context) => Task.FromResult(new RepositoryIndexResponse
    {
        Models = { repository.Index(request.Ready).Select(m => new RepositoryIndexResponse.Types.ModelIndex { Name = m.Name, Version = m.Version, State = m.State, Reason = m.Reason }) },
    });

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

    private static int? VersionOf(string text) =>
        text.Length == 0 ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw new ServingException(ServingErrorCode.InvalidRequest, "The version must be a whole number such as \"1\"; leave it empty for the newest.");
}
