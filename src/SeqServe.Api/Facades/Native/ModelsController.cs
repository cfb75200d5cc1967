using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Facades.Native;

/// <summary>The models of the repository.</summary>
[Route("v1/models")]
[Tags("Models")]
public sealed class ModelsController(ModelRegistry registry, ModelLifecycle lifecycle, JsonAnswers answers) : ControllerBase
{
    /// <summary>All models with the states of their versions, also those that cannot be served.</summary>
    /// <response code="200">The models, by name.</response>
    [HttpGet]
    [ProducesResponseType<ModelList>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [ProducesProblem(ServingErrorCode.Unauthorized, ServingErrorCode.RateLimited)]
    public Task List() =>
        answers.WriteAsync(Response, new ModelList { Data = [.. registry.List().Select(ModelObjects.From)] }, NativeJson.Default.ModelList);

    /// <summary>One model.</summary>
    /// <param name="name" example="sentiment-lstm">Its name.</param>
    /// <response code="200">The model.</response>
    [HttpGet("{name}")]
    [ProducesResponseType<ModelObject>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [ProducesProblem(ServingErrorCode.Unauthorized, ServingErrorCode.ModelNotFound, ServingErrorCode.RateLimited)]
    public Task Get(string name) => DescribeAsync(name);

    /// <summary>Loads a model, or reloads it from what is in its folder now.</summary>
    /// <remarks>
    /// The new one is checked and warmed up beside the one that serves, and takes its place without a failed request. If it cannot be served, the old one goes
    /// on and the answer says why. Needs a key with <c>Admin</c> when keys are configured.
    /// </remarks>
    /// <param name="name" example="sentiment-lstm">Its name.</param>
    /// <response code="200">The model as it serves now.</response>
    [HttpPost("{name}/load")]
    [AdminOnly]
    [ProducesResponseType<ModelObject>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [ProducesProblem(ServingErrorCode.Unauthorized, ServingErrorCode.Forbidden, ServingErrorCode.ModelNotFound, ServingErrorCode.RateLimited)]
    [ProducesProblem(ServingErrorCode.LoadFailed)]
    public async Task Load(string name)
    {
        await lifecycle.LoadAsync(name);
        await DescribeAsync(name);
    }

    /// <summary>Takes a model out of service. Requests that it has taken are answered; then its memory is freed.</summary>
    /// <remarks>Needs a key with <c>Admin</c> when keys are configured.</remarks>
    /// <param name="name" example="sentiment-lstm">Its name.</param>
    /// <response code="200">The model, Unloading or already Unavailable.</response>
    [HttpPost("{name}/unload")]
    [AdminOnly]
    [ProducesResponseType<ModelObject>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [ProducesProblem(ServingErrorCode.Unauthorized, ServingErrorCode.Forbidden, ServingErrorCode.ModelNotFound, ServingErrorCode.RateLimited)]
    public async Task Unload(string name)
    {
        await lifecycle.UnloadAsync(name);
        await DescribeAsync(name);
    }

    private Task DescribeAsync(string name) => answers.WriteAsync(Response, ModelObjects.From(registry.Describe(name)), NativeJson.Default.ModelObject);
}
