using System.Text.Json;
using System.Text.Json.Serialization;
using SeqServe.Core.Tasks.LanguageModeling;

namespace SeqServe.Api.Json;

/// <summary>One prompt, or several: in JSON a string, an array of strings, an array of token ids, or an array of such arrays.</summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="IsSingle">Whether it was written as a single one.</param>
/// <param name="Count">How many were sent; beyond what any server takes they are counted but not kept.</param>
[JsonConverter(typeof(PromptInputsConverter))]
public sealed record PromptInputs(IReadOnlyList<Prompt> Prompts, bool IsSingle, int Count);

/// <summary>Reads a string, an array of strings, an array of whole numbers, or an array of such arrays.</summary>
internal sealed class PromptInputsConverter : JsonConverter<PromptInputs>
{
    // The largest MaxClientBatch: a body of a million "" is refused by its count and need not become a million prompts.
    private const int MaxPrompts = 65_536;

    public override PromptInputs Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new PromptInputs([Prompt.OfText(reader.GetString()!)], true, 1);
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
            throw new JsonException();
        if (reader.TokenType == JsonTokenType.Number)
            return new PromptInputs([Prompt.OfIds(ReadIds(ref reader))], true, 1);

        var prompts = new List<Prompt>();
        var count = 0;
        var first = reader.TokenType;
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (reader.TokenType != first)
                throw new JsonException();
            var prompt = ReadPrompt(ref reader);
            if (++count <= MaxPrompts)
                prompts.Add(prompt);
        }

        return new PromptInputs(prompts, false, count);
    }

    public override void Write(Utf8JsonWriter writer, PromptInputs value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static Prompt ReadPrompt(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return Prompt.OfText(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
            throw new JsonException();
        return Prompt.OfIds(ReadIds(ref reader));
    }

    /// <summary>Reads from the first number, or the end of the array, to its end.</summary>
    private static List<int> ReadIds(ref Utf8JsonReader reader)
    {
        var ids = new List<int>();
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id))
                throw new JsonException();
            ids.Add(id);
        }

        return ids;
    }
}
