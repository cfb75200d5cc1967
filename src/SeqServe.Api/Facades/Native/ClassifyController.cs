using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.Api.Facades.Native;

/// <summary>Many-to-one: one label for a text.</summary>
[Route("v1/classify")]
[Tags("Classification")]
public sealed class ClassifyController(SequenceClassifier classifier, ClassifyMapper mapper, StrictJsonBody body, JsonAnswers answers) : ControllerBase
{
    /// <summary>Classifies one text or several.</summary>
    /// <remarks>
    /// A text's answer is the same whether it is sent alone or with others. If one text cannot be classified, the request fails and <c>errors</c> names it.
    /// </remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [HttpPost]
    [AcceptsJson(typeof(ClassifyRequest))]
    [ProducesResponseType<ClassifyResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [TakesPriority]
    [Queue(ClassificationTask.TaskName, ServedClassifier.ClassifyOperation)]
    [ProducesInferenceProblems]
    public async Task Classify()
    {
        var request = await body.ReadAsync(HttpContext, NativeJson.Default.ClassifyRequest);
        var response = await classifier.ClassifyAsync(mapper.ToRequest(request, HttpContext), HttpContext.Served(), HttpContext.RequestAborted);
        await answers.WriteAsync(Response, ClassifyMapper.ToContract(response), NativeJson.Default.ClassifyResponse);
    }
}
