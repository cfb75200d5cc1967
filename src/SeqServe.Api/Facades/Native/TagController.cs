using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.Tagging;

namespace SeqServe.Api.Facades.Native;

/// <summary>Many-to-many: labelled parts of a text.</summary>
[Route("v1/tag")]
[Tags("Tagging")]
public sealed class TagController(SequenceTagger tagger, TagMapper mapper, StrictJsonBody body, JsonAnswers answers) : ControllerBase
{
    /// <summary>Finds the labelled parts of one text or several: names, places, slots.</summary>
    /// <remarks>
    /// A text's answer is the same whether it is sent alone or with others. If one text cannot be tagged, the request fails and <c>errors</c> names it.
    /// </remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [HttpPost]
    [AcceptsJson(typeof(TagRequest))]
    [ProducesResponseType<TagResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [TakesPriority]
    [Queue(TaggingTask.TaskName, ServedTagger.TagOperation)]
    [ProducesInferenceProblems]
    public async Task Tag()
    {
        var request = mapper.ToRequest(await body.ReadAsync(HttpContext, NativeJson.Default.TagRequest), HttpContext);
        var response = await tagger.TagAsync(request, HttpContext.Served(), HttpContext.RequestAborted);
        await answers.WriteAsync(Response, TagMapper.ToContract(request, response), NativeJson.Default.TagResponse);
    }
}
