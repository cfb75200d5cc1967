using System.Text.Json;
using SeqServe.Tokenizers.AddedTokens;
using SeqServe.Tokenizers.Files;
using SeqServe.Tokenizers.Pipeline;

namespace SeqServe.Tokenizers;

/// <summary>Reads a tokenizer.json, of any age.</summary>
internal static class TokenizerReader
{
    // The largest public files have 40 MB.
    private const int LargestFile = 256 << 20;
    private const int DeepestNesting = 64;
    private const int MostParts = 2_000;

    private static readonly string[] s_roles = ["normalizer", "pre_tokenizer", "post_processor", "decoder"];

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file, is too large, or asks for what is not supported.</exception>
    public static Tokenizer Read(Stream stream)
    {
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (content.Length + count > LargestFile)
                throw TooLarge();
            content.Write(buffer, 0, count);
        }

        return Read(content.GetBuffer().AsMemory(0, (int)content.Length));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file, is too large, or asks for what is not supported.</exception>
    public static Tokenizer Read(ReadOnlyMemory<byte> json) => Read(json, _ => []);

    /// <summary>Reads a file.</summary>
    /// <param name="json">The file.</param>
    /// <param name="changes">Gives the parts that take the place of the file's, by name.</param>
    /// <exception cref="InvalidDataException">It is no such file, is too large, or asks for what is not supported.</exception>
    public static Tokenizer Read(ReadOnlyMemory<byte> json, Func<JsonElement, Dictionary<string, JsonElement>> changes)
    {
        if (json.Length > LargestFile)
            throw TooLarge();
        if (json.Span.StartsWith(ByteOrderMark))
            json = json[ByteOrderMark.Length..];
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            return new Tokenizer(Parts(document.RootElement, changes(document.RootElement)), StoredTruncation(document.RootElement));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The tokenizer.json is no JSON: " + e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException("The tokenizer.json holds a value of another kind than expected, or a string that is no Unicode: " + e.Message, e);
        }
    }

    private static InvalidDataException TooLarge() => new($"The tokenizer.json is larger than {LargestFile >> 20} MB.");

    private static TokenizerParts Parts(JsonElement json, Dictionary<string, JsonElement> changes)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("model", out var model))
            throw new InvalidDataException("The tokenizer.json has no model.");
        if (Find(json, "version") is { } version && version.GetString() != "1.0")
            throw new InvalidDataException($"The version '{version.GetString()}' of the tokenizer.json is not supported.");
        foreach (var role in s_roles)
        {
            if (Part(role) is { } part && CountObjects(part) > MostParts)
                throw new InvalidDataException($"The {role} has more than {MostParts} parts.");
        }

        return new TokenizerParts(ModelReader.Read(model))
        {
            Normalizer = Part("normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null,
            PreTokenizer = Part("pre_tokenizer") is { } preTokenizer ? PreTokenizerReader.Read(preTokenizer) : null,
            PostProcessor = Part("post_processor") is { } processor ? PostProcessorReader.Read(processor) : null,
            Decoder = Part("decoder") is { } decoder ? DecoderReader.Read(decoder) : null,
            AddedTokens = Part("added_tokens") is { } tokens ? AddedTokens(tokens) : [],
        };

        JsonElement? Part(string name) => changes.TryGetValue(name, out var changed) ? changed : Find(json, name);
    }

    // Each part works on each text.
    private static int CountObjects(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => 1 + json.EnumerateObject().Sum(p => CountObjects(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().Sum(CountObjects),
        _ => 0,
    };

    private static JsonElement? Find(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static List<AddedToken> AddedTokens(JsonElement json)
    {
        var tokens = new List<AddedToken>();
        foreach (var entry in json.EnumerateArray())
        {
            var part = new PartReader("added token", entry);
            var special = part.Flag("special", false);
            tokens.Add(new AddedToken(part.Text("content"))
            {
                SingleWord = part.Flag("single_word", false),
                LeftStrip = part.Flag("lstrip", false),
                RightStrip = part.Flag("rstrip", false),
                Normalized = part.Flag("normalized", !special),
                Special = special,
            });
        }

        return tokens;
    }

    private static EncodeOptions? StoredTruncation(JsonElement json)
    {
        if (Find(json, "truncation") is not { } truncation)
            return null;
        var part = new PartReader("truncation", truncation);
        return new EncodeOptions
        {
            MaxLength = part.Number("max_length"),
            TruncationStrategy = part.Choice("strategy", ("LongestFirst", TruncationStrategy.LongestFirst), ("OnlyFirst", TruncationStrategy.OnlyFirst),
                ("OnlySecond", TruncationStrategy.OnlySecond)),
            TruncationSide = part.Has("direction")
                ? part.Choice("direction", ("Right", TruncationSide.Right), ("Left", TruncationSide.Left))
                : TruncationSide.Right,
        };
    }
}
