namespace SeqServe.Tokenizers.Models;

/// <summary>
/// What is thrown where a text needs a token that the vocabulary lacks: such files load, as with the reference, and fail at the first such text.
/// </summary>
internal static class MissingToken
{
    /// <summary>The unknown token is missing.</summary>
    /// <param name="model">The kind of model.</param>
    /// <param name="token">The unknown token, or null where the file names none.</param>
    public static InvalidDataException Unknown(string model, string? token) => new(
        token is null
            ? $"The {model} model has no unknown token, and the text needs one."
            : $"The unknown token '{token}' is not in the vocabulary of the {model} model, and the text needs it.");
}
