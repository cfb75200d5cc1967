using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Reranking;

namespace SeqServe.Api.Facades.Native;

/// <summary>Documents by their relevance for a query.</summary>
[Route("v1/rerank")]
[Tags("Classification")]
public sealed class RerankController(Reranker reranker, RerankMapper mapper, StrictJsonBody body, JsonAnswers answers) : ControllerBase
{
    /// <summary>Ranks documents for a query.</summary>
    /// <remarks>
    /// The model reads the query with each document. A document's score is the same whatever others are sent. If one cannot be read, the request fails and
    /// <c>errors</c> names it.
    /// </remarks>
    /// <response code="200">The documents, the most relevant first.</response>
    [HttpPost]
    [AcceptsJson(typeof(RerankRequest))]
    [ProducesResponseType<RerankResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [TakesPriority]
    [Queue(ClassificationTask.TaskName, ServedClassifier.ClassifyOperation)]
    [ProducesInferenceProblems]
    public async Task Rerank()
    {
        var request = await body.ReadAsync(HttpContext, NativeJson.Default.RerankRequest);
        var wanted = mapper.ToRequest(request, HttpContext);
        var response = await reranker.RankAsync(wanted, HttpContext.Served(), HttpContext.RequestAborted);
        await answers.WriteAsync(Response, RerankMapper.ToContract(request, wanted, response), NativeJson.Default.RerankResponse);
    }
}
