using System.Text.Json;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Reads an object of parameters; nested values, which no parameter has, are ignored.</summary>
internal static class JsonParameters
{
    /// <summary>Reads an object of parameters.</summary>
    /// <param name="reader">A reader before the object; after it when this returns.</param>
    /// <param name="label">What they are called in messages.</param>
    /// <param name="reservation">Counts the memory of their names and texts.</param>
    /// <exception cref="ServingException">They are not an object, or too many, or the server has no memory for them now.</exception>
    public static Dictionary<string, object> Read(ref Utf8JsonReader reader, string label, BodyReservation reservation)
    {
        var parameters = new Dictionary<string, object>(StringComparer.Ordinal);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return parameters;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new ServingException(ServingErrorCode.InvalidRequest, $"{label} must be an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader, reservation)!;
            reader.Read();
            if (Value(ref reader, reservation) is { } value)
                parameters[name] = value;
            if (parameters.Count > RequestLimits.MaxParameters)
            {
                throw new ServingException(
                    ServingErrorCode.InvalidRequest, $"{label} has more parameters than the limit of {RequestLimits.MaxParameters}");
            }

            reader.Skip();
        }

        return parameters;
    }

    /// <summary>The string at the reader, counted, or null.</summary>
    public static string? Text(ref Utf8JsonReader reader, BodyReservation reservation)
    {
        // Two bytes for one at most, and the copy for an escape is counted with them.
        reservation.Add(2L * reader.ValueSpan.Length);
        return reader.GetString();
    }

    private static object? Value(ref Utf8JsonReader reader, BodyReservation reservation) => reader.TokenType switch
    {
        JsonTokenType.String => Text(ref reader, reservation),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => reader.TryGetInt64(out var whole) ? whole : reader.TryGetUInt64(out var large) ? large : (object)reader.GetDouble(),
        _ => null,
    };
}
