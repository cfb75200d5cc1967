using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.Core.Tasks.Reranking;

namespace SeqServe.Api.Facades.Native;

/// <summary>Between the contract of <c>/v1/rerank</c> and the use case.</summary>
public sealed class RerankMapper(RequestReader reader)
{
    internal RerankingRequest ToRequest(RerankRequest request, HttpContext context)
    {
        var documents = reader.Texts(request.Documents, "documents");
        if (request.TopN < 1)
            throw Refuse("top_n", "must be 1 or more");
        return new RerankingRequest(request.Query ?? throw Refuse("query", "is missing; add a string"), documents.Texts)
        {
            Field = "documents",
            IsSingle = documents.IsSingle,
            Model = request.Model ?? throw Refuse("model", "is missing; name a model of one label that reads pairs"),
            Version = request.Version,
            Truncate = request.Truncate ?? true,
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };
    }

    // Of equal scores the earlier document comes first.
    internal static RerankResponse ToContract(RerankRequest request, RerankingRequest wanted, EncoderResponse<float> response) => new()
    {
        Model = response.Model,
        Version = response.Version,
        Results =
        [
            .. response.Results
                .Select((score, index) => (Score: score, Index: index))
                .OrderByDescending(static result => result.Score)
                .Take(request.TopN ?? int.MaxValue)
                .Select(result => new RankedDocument(
                    result.Index, result.Score, request.ReturnDocuments == true ? new DocumentText(wanted.Documents[result.Index]) : null)),
        ],
        Usage = new Usage(response.InputTokens),
        Timings = Timings.From(response.Timings),
    };

    private static ServingException Refuse(string field, string message) => ServingException.ForField(ServingErrorCode.InvalidRequest, field, message);
}
