using System.Buffers;
using System.Text.Json;

namespace SeqServe.Api.Pipeline.Admission;

/// <summary>The model that a JSON body asks for.</summary>
/// <param name="Name">Its name, or null for the task's default.</param>
/// <param name="Version">Its version, or null for the newest.</param>
internal readonly record struct NamedModel(string? Name, int? Version)
{
    /// <summary>Looks for the fields <c>model</c> and <c>version</c> and at nothing else.</summary>
    /// <returns>Null where the body cannot be read so far; the route, which reads all of it, says what is wrong.</returns>
    public static NamedModel? Find(in ReadOnlySequence<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Find(ref reader) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static NamedModel? Find(ref Utf8JsonReader reader)
    {
        string? name = null;
        int? version = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("model"u8);
            var isVersion = !isName && reader.ValueTextEquals("version"u8);
            reader.Read();
            if ((isName || isVersion) && reader.TokenType != JsonTokenType.Null)
            {
                if (isName && reader.TokenType == JsonTokenType.String)
                    name = Text(ref reader);
                else if (isVersion && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
                    version = number;
                else
                    return null;
            }

            reader.Skip();
        }

        return new NamedModel(name, version);
    }

    // Half a surrogate pair is no name of any model.
    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}
