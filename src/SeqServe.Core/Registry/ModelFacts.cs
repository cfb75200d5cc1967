using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>What was recognised of a model that is loaded, in sentences for people.</summary>
internal static class ModelFacts
{
    private const string FirstText = "This is a first text.";
    private const int MostNamed = 8;
    private const int MostCharacters = 120;

    /// <summary>Collects it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="golden">How it is asked; null for a task without such an answer.</param>
    public static IEnumerable<string> Of(ServedModel model, GoldenAnswers? golden)
    {
        var (manifest, details) = (model.Manifest, model.Describe());
        yield return $"task {manifest.Task}{(manifest.Architecture.Length > 0 ? $", {manifest.Architecture}" : "")}, on {model.Device}";
        foreach (var graph in model.Graphs.All.Where(static graph => graph.Parts is not null))
        {
            var (inputs, outputs) = (graph.PartNames(GraphSide.Input), graph.PartNames(GraphSide.Output));
            yield return $"graph {graph.Role} ({manifest.Graphs[graph.Role]}): {Names(inputs)}; gives {Names(outputs)}";
        }

        if (manifest.Tokenizer is { } tokenizer)
        {
            var ends = tokenizer.EndIds.Count > 0 ? $"; ends with {string.Join(", ", tokenizer.EndIds)}" : "";
            yield return $"tokenizer {tokenizer.Type}, {tokenizer.File}{ends}";
            yield return Limits(manifest.Limits, details);
        }

        if (details.Labels is { } labels)
            yield return $"{labels.Count} labels: {string.Join(", ", labels.Take(MostNamed))}{(labels.Count > MostNamed ? ", …" : "")}";
        foreach (var fact in model.Facts())
            yield return fact;
        if (details.RowsReason is { } reason)
            yield return $"rows {details.Rows}: {reason}";
        if (golden is not null)
            yield return $"\"{FirstText}\" gives {Answer(model, golden)}";
    }

    private static string Limits(LimitsManifest limits, ModelDetails details) =>
        $"at most {limits.MaxInputTokens} tokens of a text"
        + (limits.MaxOutputTokens is { } output ? $", {output} of an answer" : "")
        + (details.MaxContextTokens is { } context ? $", {context} together" : "");

    private static string Names(IReadOnlyDictionary<string, string> parts) =>
        string.Join(", ", parts.Select(static part => part.Key == part.Value ? part.Key : $"{part.Key} = {part.Value}"));

    private static string Answer(ServedModel model, GoldenAnswers golden)
    {
        try
        {
            var (answer, number) = golden.Answer(model, FirstText);
            return $"{golden.AnswerKey} \"{(answer.Length > MostCharacters ? answer[..MostCharacters] + "…" : answer)}\", {golden.NumberKey} {number:0.####}";
        }
        catch (ServingException e)
        {
            return $"a refusal: {e.Message}";
        }
    }
}
