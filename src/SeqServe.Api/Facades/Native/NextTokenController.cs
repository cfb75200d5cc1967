using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.NextToken;

namespace SeqServe.Api.Facades.Native;

/// <summary>What comes next.</summary>
[Route("v1/next-token")]
[Tags("Language models")]
public sealed class NextTokenController(NextTokenPredictor predictor, NextTokenMapper mapper, StrictJsonBody body, JsonAnswers answers) : ControllerBase
{
    /// <summary>The most probable next tokens of one text or several.</summary>
    /// <remarks>
    /// A text's answer is the same whether it is sent alone or with others. For recurrent models the whole past is one state: ask for it with
    /// <c>return_state</c>, and send it back as <c>state</c> with only what is new, to any replica that has the same <c>SeqServe__StateKey</c>.
    /// </remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [HttpPost]
    [AcceptsJson(typeof(NextTokenRequest))]
    [ProducesResponseType<NextTokenResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [TakesPriority]
    [Queue(LanguageModelingTask.TaskName, ServedLanguageModel.DecodeOperation)]
    [ProducesInferenceProblems]
    [ProducesProblem(ServingErrorCode.StateMismatch)]
    public async Task Predict()
    {
        var request = await body.ReadAsync(HttpContext, NativeJson.Default.NextTokenRequest);
        var response = await predictor.PredictAsync(mapper.ToRequest(request, HttpContext), HttpContext.Served(), HttpContext.RequestAborted);
        await answers.WriteAsync(Response, NextTokenMapper.ToContract(response), NativeJson.Default.NextTokenResponse);
    }
}
