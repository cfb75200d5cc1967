using SeqServe.Api.Facades.OpenAI.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Embedding;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>Between the contract of <c>/v1/embeddings</c> and the use case.</summary>
public sealed class EmbeddingsMapper(RequestReader reader)
{
    private const string Field = "input";

    internal EmbeddingRequest ToRequest(EmbeddingsRequest request, HttpContext context)
    {
        var prompts = reader.Prompts(request.Input, Field);
        if (request.Dimensions < 1)
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, "dimensions", "must be 1 or more");
        var areIds = prompts.Prompts.Any(static prompt => prompt.Ids is not null);
        return new EmbeddingRequest([.. prompts.Prompts.Select(static prompt => prompt.Text ?? "")])
        {
            Tokens = areIds ? [.. prompts.Prompts.Select(static prompt => prompt.Ids ?? [])] : null,
            Field = Field,
            IsSingle = prompts.IsSingle,
            Model = request.Model,
            Dimensions = request.Dimensions,
            Truncate = request.Truncate ?? false,
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };
    }

    /// <summary>Whether vectors are wanted as bytes.</summary>
    /// <exception cref="ServingException">The format is none.</exception>
    internal static bool IsBase64(EmbeddingsRequest request) => request.EncodingFormat switch
    {
        null or "float" => false,
        "base64" => true,
        _ => throw ServingException.ForField(ServingErrorCode.InvalidRequest, "encoding_format", "must be float or base64"),
    };

    internal static EmbeddingsResponse ToContract(EncoderResponse<EmbeddedText> response, bool isBase64) => new()
    {
        Data = [.. response.Results.Select((result, i) => new EmbeddingObject("embedding", i, new EmbeddingNumbers(result.Vector, isBase64)))],
        Model = response.Model,
        Usage = new EmbeddingUsage(response.InputTokens, response.InputTokens),
    };
}
