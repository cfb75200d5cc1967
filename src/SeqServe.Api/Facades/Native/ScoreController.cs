using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Scoring;

namespace SeqServe.Api.Facades.Native;

/// <summary>How probable a text is.</summary>
[ApiController]
[Route("v1/score")]
[Tags("Language models")]
public sealed class ScoreController(TextScorer scorer, ScoreMapper mapper) : ControllerBase
{
    /// <summary>Log-probability of each token, and perplexity, of one text or several: what it takes to rank candidates.</summary>
    /// <remarks>Every text is read in one run. Its answer is the same whether it is sent alone or with others.</remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [HttpPost]
    [Consumes("application/json")]
    [Produces("application/json")]
    [ProducesResponseType<ScoreResponse>(StatusCodes.Status200OK)]
    [TakesPriority]
    [Queue(LanguageModelingTask.TaskName, ServedLanguageModel.ScoreOperation)]
    [ProducesInferenceProblems]
    public async Task<ActionResult<ScoreResponse>> Score(ScoreRequest request)
    {
        var response = await scorer.ScoreAsync(mapper.ToRequest(request, HttpContext), HttpContext.Served(), HttpContext.RequestAborted);
        return ScoreMapper.ToContract(response);
    }
}
