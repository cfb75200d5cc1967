using System.Text.Json;
using SeqServe.Tokenizers.Patterns;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads the <c>pattern</c> of a Split or Replace: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternReader
{
    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It is neither, or the expression is not supported.</exception>
    public static TextFinder Read(PartReader part)
    {
        var pattern = part.Map("pattern");
        if (pattern.TryGetProperty("String", out var text) && text.ValueKind == JsonValueKind.String)
            return TextFinder.ForString(text.GetString()!);
        if (!pattern.TryGetProperty("Regex", out var expression) || expression.ValueKind != JsonValueKind.String)
            throw part.Error("has a 'pattern' that is neither a 'String' nor a 'Regex'");
        try
        {
            return TextFinder.ForExpression(expression.GetString()!);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"The {part.Role} '{part.Type}' cannot be used. {e.Message}", e);
        }
    }
}
