using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.Api.Facades.Native;

/// <summary>Many-to-one: one label for a text.</summary>
[ApiController]
[Route("v1/classify")]
[Tags("Classification")]
public sealed class ClassifyController(SequenceClassifier classifier, ClassifyMapper mapper) : ControllerBase
{
    /// <summary>Classifies one text or several.</summary>
    /// <remarks>
    /// A text's answer is the same whether it is sent alone or with others. If one text cannot be classified, the request fails and <c>errors</c> names it.
    /// </remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [HttpPost]
    [Consumes("application/json")]
    [Produces("application/json")]
    [ProducesResponseType<ClassifyResponse>(StatusCodes.Status200OK)]
    [TakesPriority]
    [Queue(ClassificationTask.TaskName, ServedClassifier.ClassifyOperation)]
    [ProducesInferenceProblems]
    public async Task<ActionResult<ClassifyResponse>> Classify(ClassifyRequest request)
    {
        var response = await classifier.ClassifyAsync(mapper.ToRequest(request, HttpContext), HttpContext.Served(), HttpContext.RequestAborted);
        return ClassifyMapper.ToContract(response);
    }
}
