using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Contracts;
using SeqServe.Api.Documentation;
using SeqServe.Core.Errors;
using SeqServe.Core.Models;

namespace SeqServe.Api.Controllers;

/// <summary>The models of the repository.</summary>
[ApiController]
[Route("v1/models")]
[Tags("Models")]
[Produces("application/json")]
public sealed class ModelsController(ModelRegistry registry) : ControllerBase
{
    /// <summary>All models with the states of their versions, also those that cannot be served.</summary>
    /// <response code="200">The models, by name.</response>
    [HttpGet]
    [ProducesResponseType<ModelList>(StatusCodes.Status200OK)]
    [ProducesProblem(ServingErrorCode.Unauthorized, ServingErrorCode.RateLimited)]
    public ActionResult<ModelList> List() => new ModelList { Data = [.. registry.List().Select(ModelObjects.From)] };

    /// <summary>One model.</summary>
    /// <param name="name" example="sentiment-lstm">Its name.</param>
    /// <response code="200">The model.</response>
    [HttpGet("{name}")]
    [ProducesResponseType<ModelObject>(StatusCodes.Status200OK)]
    [ProducesProblem(ServingErrorCode.Unauthorized, ServingErrorCode.ModelNotFound, ServingErrorCode.RateLimited)]
    public ActionResult<ModelObject> Get(string name) => ModelObjects.From(registry.Describe(name));
}
