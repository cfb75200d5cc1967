using SeqServe.Api.Json;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Requests;

/// <summary>What every native route asks of <c>inputs</c>.</summary>
internal static class ClientTexts
{
    /// <summary>The texts of a request.</summary>
    /// <param name="inputs">The field as it was read, or null when it is missing.</param>
    /// <param name="most">Most texts of a request.</param>
    /// <exception cref="ServingException">There are none, or too many.</exception>
    public static TextInputs Check(TextInputs? inputs, int most)
    {
        if (inputs is null)
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, "inputs", "is missing; add a text or an array of texts");
        if (inputs.Count == 0)
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, "inputs", "is an empty array; send at least one text");
        if (inputs.Count > most)
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, "inputs", $"holds {inputs.Count} texts, at most {most} are taken; send several requests");
        return inputs;
    }
}
