using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Requests;
using SeqServe.Api.Streaming;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Api.Facades.Native;

/// <summary>Many-to-many: a text of one language in another.</summary>
[Route("v1/translate")]
[Tags("Translation")]
public sealed class TranslateController(
    Translator translator, TranslateMapper mapper, StrictJsonBody body, JsonAnswers answers, ServerSentEvents events) : ControllerBase
{
    /// <summary>Translates one text or several.</summary>
    /// <remarks>
    /// A text's answer is the same whether it is sent alone, with others, or streamed. Text without letters comes back as it is. With <c>"stream": true</c> the
    /// answer is <c>text/event-stream</c>: an event <c>token</c> for each piece of text (<c>{"index","text","token_id","log_probability"}</c>), then
    /// <c>done</c> with the object that is described here, or <c>error</c> with a problem.
    /// </remarks>
    /// <response code="200">One result per text, in the order of the texts.</response>
    [HttpPost]
    [TakesPriority]
    [AcceptsJson(typeof(TranslateRequest))]
    [ProducesResponseType<TranslateResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType, ServerSentEvents.MediaType)]
    [ProducesInferenceProblems]
    public async Task Translate()
    {
        var request = await body.ReadAsync(HttpContext, NativeJson.Default.TranslateRequest);
        var asked = mapper.ToRequest(request, HttpContext);
        if (request.Stream != true)
        {
            var response = await translator.TranslateAsync(asked, HttpContext.Served(), HttpContext.RequestAborted);
            await answers.WriteAsync(Response, TranslateMapper.ToContract(response), NativeJson.Default.TranslateResponse);
            return;
        }

        await using var running = translator.Start(asked, HttpContext.Served(), streamed: true, HttpContext.RequestAborted);
        await events.SendAsync(HttpContext, Events(running));
    }

    private static async IAsyncEnumerable<StreamEvent> Events(RunningTranslation running, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var delta in running.ReadDeltas(cancellation))
            yield return StreamEvent.Of("token", TranslateMapper.ToContract(delta), NativeJson.Answers.TranslateToken);
        yield return StreamEvent.Of("done", TranslateMapper.ToContract(await running.Completion), NativeJson.Answers.TranslateResponse);
    }
}
