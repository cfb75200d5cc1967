using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.OpenAI.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Api.Streaming;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Completions;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>OpenAI's completions.</summary>
[Route("v1/completions")]
[Tags("Language models")]
public sealed class CompletionsController(
    TextCompleter completer, CompletionsMapper mapper, StrictJsonBody body, JsonAnswers answers, ServerSentEvents events, TimeProvider time) : ControllerBase
{
    /// <summary>Continues prompts.</summary>
    /// <remarks>
    /// OpenAI's API, with <c>top_k</c> besides: its clients work as they are. With <c>"stream": true</c> the answer is <c>text/event-stream</c>: chunks of the
    /// shape described here, then <c>[DONE]</c>; a failure after the first chunk is a chunk with the field <c>error</c>. With a seed a prompt has the same
    /// answer whatever else the server does. An encoder-decoder that <c>model</c> names takes the prompt for its source; without sampling fields its answer is
    /// searched as the model's own settings say, and with beams it comes in one piece.
    /// </remarks>
    /// <response code="200">The answers.</response>
    [HttpPost]
    [AcceptsJson(typeof(CompletionsRequest), JsonAnswers.MediaType, "application/*+json")]
    [ProducesResponseType<CompletionsResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType, ServerSentEvents.MediaType)]
    [TakesPriority]
    [Queue(LanguageModelingTask.TaskName, ServedLanguageModel.DecodeOperation)]
    [ProducesInferenceProblems]
    public async Task Complete()
    {
        var request = await body.ReadAsync(HttpContext, OpenAIJson.Default.CompletionsRequest);
        var wanted = mapper.ToRequest(request, HttpContext);
        using var running = completer.Start(wanted, HttpContext.Served(), HttpContext.RequestAborted);
        var answer = new CompletionsAnswer(running, wanted, time.GetUtcNow());
        if (request.Stream == true)
            await events.SendAsync(HttpContext, answer.ReadEventsAsync(request.StreamOptions?.IncludeUsage == true));
        else
            await answers.WriteAsync(Response, await answer.ReadAllAsync(HttpContext.RequestAborted), OpenAIJson.Default.CompletionsResponse);
    }
}
