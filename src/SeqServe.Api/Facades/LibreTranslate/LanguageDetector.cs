using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Says in which language texts are, with the classification model <see cref="Model"/>, whose labels are language codes.</summary>
public sealed class LanguageDetector(SequenceClassifier classifier)
{
    /// <summary>The model's name.</summary>
    public const string Model = "language-id";

    /// <summary>The languages of each text, most probable first.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="isSingle">Whether the caller sent one text and not an array.</param>
    /// <param name="observed">Receives what becomes known on the way.</param>
    /// <param name="priority">The class of the request.</param>
    /// <param name="deadline">How long the answer is of use.</param>
    /// <param name="cancellation">The caller's presence.</param>
    /// <exception cref="ServingException">Texts are empty, there is no such model, or it fails.</exception>
    public async Task<IReadOnlyList<LabelScore>[]> DetectAsync(
        IReadOnlyList<string> texts,
        bool isSingle,
        ServedRequest observed,
        RowPriority priority,
        RequestDeadline deadline,
        CancellationToken cancellation)
    {
        try
        {
            deadline.ThrowIfOver(cancellation);
            var request = new ClassificationRequest(texts)
            {
                Field = LibreTranslation.Field,
                IsSingle = isSingle,
                Model = Model,
                Truncate = true,
                Timeout = deadline.Left,
                Priority = priority,
            };
            var answer = await classifier.ClassifyAsync(request, observed, cancellation);
            return [.. answer.Results.Select(result => result.Scores)];
        }
        catch (ServingException e) when (e.Code == ServingErrorCode.ModelNotFound)
        {
            var message = $"Languages cannot be detected, since this server has no model \"{Model}\"; send the code of the language as source.";
            throw new ServingException(ServingErrorCode.InvalidRequest, message, e);
        }
    }
}
