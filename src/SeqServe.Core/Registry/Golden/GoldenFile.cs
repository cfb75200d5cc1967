using System.Text.Json;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry.Golden;

/// <summary>A version's <c>golden.json</c>: cases that the version must answer as given before it serves.</summary>
/// <param name="Tolerance">How far a number may be off.</param>
/// <param name="Cases">At least one.</param>
internal sealed record GoldenFile(double Tolerance, IReadOnlyList<GoldenCase> Cases)
{
    /// <summary>Its name in the version's folder.</summary>
    public const string Name = "golden.json";

    private const double DefaultTolerance = 1e-3;
    private const int MaxCases = 1000;
    private const int MaxText = 1 << 16;

    /// <summary>Reads a file.</summary>
    /// <param name="json">Its content.</param>
    /// <param name="keys">The keys of a case's answer and of its number.</param>
    /// <exception cref="ManifestException">It has faults; all are listed.</exception>
    public static GoldenFile Read(ReadOnlyMemory<byte> json, GoldenAnswers keys)
    {
        var errors = new ManifestErrors();
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Faulty("the file must hold one JSON object");
            var file = Read(new ManifestObject(document.RootElement, "", errors), keys);
            return errors.Count == 0 ? file : throw new ManifestException(Name, errors);
        }
        catch (JsonException e)
        {
            throw Faulty($"no valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            throw Faulty("a string in it is no valid Unicode; save the file as UTF-8 and write no lone surrogates");
        }
    }

    private static ManifestException Faulty(string remedy) => new(Name, remedy);

    private static GoldenFile Read(ManifestObject root, GoldenAnswers keys)
    {
        var faults = root.Errors;
        var cases = root.Objects("cases").Select(json => ReadCase(json, keys)).ToList();
        if (cases.Count is 0 or > MaxCases && root.Errors == faults)
            root.Fault("cases", null, $"must hold 1–{MaxCases} objects such as {{\"text\": \"…\", \"{keys.AnswerKey}\": \"…\", \"{keys.NumberKey}\": 0.9}}");
        var file = new GoldenFile(Number(root, "tolerance", 0, 1) ?? DefaultTolerance, cases);
        root.RefuseUnknownKeys();
        return file;
    }

    private static GoldenCase ReadCase(ManifestObject json, GoldenAnswers keys)
    {
        var read = new GoldenCase(
            json.Text("text", required: true, MaxText) ?? "", json.Text(keys.AnswerKey, required: true, MaxText) ?? "",
            Number(json, keys.NumberKey, double.MinValue, double.MaxValue));
        json.RefuseUnknownKeys();
        return read;
    }

    private static double? Number(ManifestObject json, string key, double min, double max)
    {
        if (json.Value(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max)
            return number;
        json.Wrong(key, value, min == double.MinValue ? "must be a number" : $"must be a number in {min}–{max}");
        return null;
    }
}

/// <summary>A text and what a model must answer.</summary>
/// <param name="Text">The text.</param>
/// <param name="Answer">The label, the translation, or the most probable next token.</param>
/// <param name="Number">Its score or probability, or null when any will do.</param>
internal sealed record GoldenCase(string Text, string Answer, double? Number);
