using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The repository routes of the Open Inference Protocol. Not in the OpenAPI document of the native API: the protocol is another's.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
[Route("v2/repository")]
public sealed class RepositoryController(RepositoryCalls calls, IOptions<SeqServeOptions> options, JsonAnswers answers) : ControllerBase
{
    /// <summary>Every model version with its state, and why it does not serve.</summary>
    [HttpPost("index")]
    public async Task Index()
    {
        var request = await ReadAsync(OipJson.Default.IndexRequest) ?? new IndexRequest();
        await answers.WriteAsync(Response, calls.Index(request.Ready), OipJson.Default.RepositoryEntryArray);
    }

    /// <summary>Loads a model, or loads it again while the old one serves.</summary>
    [HttpPost("models/{name}/load")]
    [AdminOnly]
    public async Task Load(string name)
    {
        var request = await ReadAsync(OipJson.Default.RepositoryLoadRequest);
        await calls.LoadAsync(name, request?.Parameters?.Keys ?? []);
    }

    /// <summary>Takes a model out of service.</summary>
    [HttpPost("models/{name}/unload")]
    [AdminOnly]
    public async Task Unload(string name)
    {
        await ReadAsync(OipJson.Default.RepositoryLoadRequest);
        await calls.UnloadAsync(name);
    }

    /// <summary>The body, or null when there is none; clients send it with or without a media type.</summary>
    private async Task<T?> ReadAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        if (HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.Value.MaxRequestBytes;
        using var body = await Request.ReadAllAsync();
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type);
        }
        catch (JsonException e)
        {
            throw new ServingException(ServingErrorCode.InvalidRequest, "The body cannot be read: send a JSON object, or none.", e);
        }
    }
}
