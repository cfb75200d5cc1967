using System.Text.Json;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Reads an object of parameters; nested values, which no parameter has, are ignored.</summary>
internal static class JsonParameters
{
    // In memory a parameter takes some ten times what it takes in the JSON.
    private const int MaxParameters = 256;

    public static Dictionary<string, object> Read(ref Utf8JsonReader reader, string label)
    {
        var parameters = new Dictionary<string, object>(StringComparer.Ordinal);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return parameters;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new ServingException(ServingErrorCode.InvalidRequest, $"{label} must be an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (Value(ref reader) is { } value)
                parameters[name] = value;
            if (parameters.Count > MaxParameters)
                throw new ServingException(ServingErrorCode.InvalidRequest, $"{label} has more parameters than the limit of {MaxParameters}");
            reader.Skip();
        }

        return parameters;
    }

    private static object? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => reader.TryGetInt64(out var whole) ? whole : reader.TryGetUInt64(out var large) ? large : (object)reader.GetDouble(),
        _ => null,
    };
}
