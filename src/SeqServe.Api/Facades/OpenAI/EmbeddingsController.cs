using Microsoft.AspNetCore.Mvc;
using SeqServe.Api.Documentation;
using SeqServe.Api.Facades.OpenAI.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.Embedding;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>OpenAI's embeddings.</summary>
[Route("v1/embeddings")]
[Tags("Embeddings")]
public sealed class EmbeddingsController(TextEmbedder embedder, EmbeddingsMapper mapper, StrictJsonBody body, JsonAnswers answers) : ControllerBase
{
    /// <summary>Makes vectors of texts.</summary>
    /// <remarks>
    /// OpenAI's API: its clients work as they are. Pooling, normalization and a prefix are those that the model was trained with. A text's vector is the same
    /// whether it is sent alone or with others.
    /// </remarks>
    /// <response code="200">One vector per text, in the order of the texts.</response>
    [HttpPost]
    [AcceptsJson(typeof(EmbeddingsRequest), JsonAnswers.MediaType, "application/*+json")]
    [ProducesResponseType<EmbeddingsResponse>(StatusCodes.Status200OK, JsonAnswers.MediaType)]
    [TakesPriority]
    [Queue(EmbeddingTask.TaskName, ServedEmbedder.EmbedOperation)]
    [ProducesInferenceProblems]
    public async Task Embed()
    {
        var request = await body.ReadAsync(HttpContext, OpenAIJson.Default.EmbeddingsRequest);
        var isBase64 = EmbeddingsMapper.IsBase64(request);
        var response = await embedder.EmbedAsync(mapper.ToRequest(request, HttpContext), HttpContext.Served(), HttpContext.RequestAborted);
        await answers.WriteAsync(Response, EmbeddingsMapper.ToContract(response, isBase64), OpenAIJson.Default.EmbeddingsResponse);
    }
}
