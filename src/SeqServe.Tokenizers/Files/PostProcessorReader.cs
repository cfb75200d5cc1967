using System.Text.Json;
using SeqServe.Tokenizers.PostProcessors;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads the <c>post_processor</c> of a tokenizer.json.</summary>
internal static class PostProcessorReader
{
    /// <summary>Makes the post-processor.</summary>
    /// <exception cref="InvalidDataException">It lacks something, or is not supported; the message names it.</exception>
    public static PostProcessor Read(JsonElement json)
    {
        var part = new PartReader("post-processor", json);
        switch (part.Type ?? Guess(part))
        {
            case "Sequence":
                return new PostProcessorSequence([.. part.List("processors").EnumerateArray().Select(Read)]);
            case "BertProcessing":
                return new BertProcessing(Id(part, "cls"), Id(part, "sep"));
            case "RobertaProcessing":
                return new RobertaProcessing(Id(part, "cls"), Id(part, "sep"), part.Flag("trim_offsets"), part.Flag("add_prefix_space"));
            case "ByteLevel":
                return new ByteLevelProcessing(part.Flag("trim_offsets"), part.Flag("add_prefix_space"));
            case "TemplateProcessing":
                return new TemplateProcessing(Template(part, "single"), Template(part, "pair"));
            default:
                throw part.NotSupported();
        }
    }

    private static string Guess(PartReader part)
    {
        if (part.Has("single"))
            return "TemplateProcessing";
        if (!part.Has("cls") || !part.Has("sep"))
            return "";
        return part.Has("trim_offsets") && part.Has("add_prefix_space") ? "RobertaProcessing" : "BertProcessing";
    }

    // A token and its id; only the id counts.
    private static int Id(PartReader part, string field)
    {
        var pair = part.List(field);
        return pair.GetArrayLength() == 2 && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out var id) && id >= 0
            ? id
            : throw part.Error($"has a '{field}' that is no token with its id");
    }

    private static List<TemplatePiece> Template(PartReader part, string field)
    {
        var special = part.Map("special_tokens");
        var pieces = new List<TemplatePiece>();
        foreach (var entry in part.List(field).EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("Sequence", out var json))
            {
                var sequence = new PartReader("sequence of a template", json);
                pieces.Add(new TemplatePiece(sequence.Choice("id", ("A", 0), ("B", 1)), [], sequence.Number("type_id")));
            }
            else if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("SpecialToken", out json))
            {
                var token = new PartReader("special token of a template", json);
                var name = token.Text("id");
                if (!special.TryGetProperty(name, out var known))
                    throw part.Error($"names the special token '{name}' and does not say its ids");
                var ids = new PartReader("special token of a template", known).List("ids");
                pieces.Add(new TemplatePiece(-1, [.. ids.EnumerateArray().Select(i => Number(part, i))], token.Number("type_id")));
            }
            else
            {
                throw part.Error($"has a part in '{field}' that is neither a sequence nor a special token");
            }
        }

        return pieces;
    }

    private static int Number(PartReader part, JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var id) && id >= 0
        ? id
        : throw part.Error("has an id that is none");
}
