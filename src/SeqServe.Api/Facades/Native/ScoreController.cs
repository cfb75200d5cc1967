using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Scoring;

namespace SeqServe.Api.Facades.Native;

/// <summary>How probable a text is.</summary>
[Route("v1/score")]
[Tags("Language models")]
public sealed class ScoreController(TextScorer scorer, ScoreMapper mapper, StrictJsonBody body, JsonAnswers answers) : ControllerBase
{
    /// <summary>Log-probability of each token, and perplexity, of one text or several: what it takes to rank candidates.</summary>
    /// <remarks>Every text is read in one run. Its answer is the same whether it is sent alone or with others.</remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [HttpPost]
    [AcceptsJson(typeof(ScoreRequest))]
    [ProducesResponseType<ScoreResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [TakesPriority]
    [Queue(LanguageModelingTask.TaskName, ServedLanguageModel.ScoreOperation)]
    [ProducesInferenceProblems]
    public async Task Score()
    {
        var request = await body.ReadAsync(HttpContext, NativeJson.Default.ScoreRequest);
        var response = await scorer.ScoreAsync(mapper.ToRequest(request, HttpContext), HttpContext.Served(), HttpContext.RequestAborted);
        await answers.WriteAsync(Response, ScoreMapper.ToContract(response), NativeJson.Default.ScoreResponse);
    }
}
