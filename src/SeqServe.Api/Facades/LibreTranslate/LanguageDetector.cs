using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Says in which language texts are, with the classification model <see cref="Model"/>, whose labels are language codes.</summary>
public sealed class LanguageDetector(SequenceClassifier classifier)
{
    /// <summary>The model's name.</summary>
    public const string Model = "language-id";

    /// <summary>The languages of each text, most probable first.</summary>
    /// <exception cref="ServingException">Texts are empty, there is no such model, or it fails.</exception>
    public async Task<IReadOnlyList<LabelScore>[]> DetectAsync(IReadOnlyList<string> texts, ServedRequest observed, TimeSpan? timeout, CancellationToken cancellation)
    {
        try
        {
            var request = new ClassificationRequest(texts) { Model = Model, Truncate = true, Timeout = timeout };
            var answer = await classifier.ClassifyAsync(request, observed, cancellation);
            return [.. answer.Results.Select(result => result.Scores)];
        }
        catch (ServingException e) when (e.Code == ServingErrorCode.ModelNotFound)
        {
            throw new ServingException(ServingErrorCode.InvalidRequest, $"Languages cannot be detected, since this server has no model \"{Model}\"; send the code of the language as source.", e);
        }
    }
}
