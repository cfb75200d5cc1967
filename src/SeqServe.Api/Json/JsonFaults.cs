using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Json;

/// <summary>Says in the caller's words what is wrong with a JSON body; the serializer's own messages name .NET types.</summary>
internal static class JsonFaults
{
    private const int MaxNameLength = 64;

    public static ServingException Describe(JsonException fault, JsonTypeInfo type)
    {
        // The reader's own exception, wrapped by the serializer, means that the text is no JSON at all.
        if (fault.InnerException is JsonException || fault.Path is null)
            return Malformed(fault);

        var field = Field(fault.Path);
        var known = type.Properties.FirstOrDefault(p => p.Name == Root(field));
        if (field.Length == 0)
            return new ServingException(ServingErrorCode.InvalidRequest, $"The body must be a JSON object with the fields {Names(type)}.", fault);
        if (known is null)
            return ForField(field, $"is not a field of this request; its fields are {Names(type)}", fault);
        return fault.Message.Contains("uplicate", StringComparison.Ordinal)
            ? ForField(field, "is given twice; keep one", fault)
            : ForField(field, $"must be {Expected(known.PropertyType, type.Options)}", fault);
    }

    private static ServingException Malformed(JsonException fault)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}");
        return new ServingException(ServingErrorCode.InvalidRequest, $"The body is no valid JSON in UTF-8; the first fault is at {where}.", fault);
    }

    private static ServingException ForField(string field, string message, JsonException fault) =>
        new(ServingErrorCode.InvalidRequest, $"{field}: {message}", fault) { FieldErrors = new Dictionary<string, string[]> { [field] = [message] } };

    private static string Expected(Type type, JsonSerializerOptions options)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(TextInputs) ? "a string or an array of strings, in valid Unicode"
            : type == typeof(PromptInputs) ? "a string, an array of strings, an array of token ids, or an array of such arrays"
            : type == typeof(string) ? "a string, in valid Unicode"
            : type == typeof(bool) ? "true or false"
            : type == typeof(IReadOnlyDictionary<int, double>) ? "an object of token ids and numbers"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number"
            : options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } contract ? $"an object with the fields {Names(contract)}"
            : "of another type; /swagger describes it";
    }

    private static string Names(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(p => p.Name));

    // "$.inputs[3]" → "inputs[3]", "$['a b']" → "a b".
    private static string Field(string path) => Shorten(
        path.StartsWith("$.", StringComparison.Ordinal)
            ? path[2..]
            : path.TrimStart('$').Replace("['", "", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal));

    // A caller's own field name goes back to the caller, but not a megabyte of it twice.
    private static string Shorten(string field) => field.Length <= MaxNameLength ? field : string.Concat(field.AsSpan(0, MaxNameLength), "…");

    private static string Root(string field) => field.Split('.', '[')[0];
}
