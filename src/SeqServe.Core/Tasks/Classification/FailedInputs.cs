using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Names the texts on which the model failed.</summary>
internal static class FailedInputs
{
    /// <summary>The failure with the fields of the texts whose rows, or whose rows without a word, failed.</summary>
    public static ServingException Name(ServingException failure, ClassificationRequest request, IReadOnlyList<ClassificationInput> inputs)
    {
        var errors = new Dictionary<string, string[]>();
        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Row.Completion.IsFaulted || inputs[i].WithoutWord.Any(row => row?.Completion.IsFaulted == true))
                errors[request.FieldOf(i)] = [failure.Message];
        }

        return new ServingException(failure.Code, $"{string.Join(", ", errors.Keys)}: {failure.Message}", failure) { FieldErrors = errors };
    }
}
