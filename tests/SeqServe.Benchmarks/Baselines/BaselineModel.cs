using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks.Baselines;

/// <summary>A shipped classifier, opened without the server.</summary>
internal sealed record BaselineModel(string Graph, SentencePieceBpeTokenizer Tokenizer, IReadOnlyList<string> Labels, int MaxTokens)
{
    public static BaselineModel Open(Arguments arguments)
    {
        var name = arguments.Text("--model");
        var model = ShippedTasks.Open(arguments.Text("--models", RepositoryRoot.Models)).Scan().Single(m => m.Name == name);
        var manifest = model.Manifest ?? throw new InvalidDataException(model.Fault);
        var version = arguments.Number("--version", model.Versions[^1]);
        var tokenizer = manifest.Tokenizer!;
        return new BaselineModel(
            model.Resolve(version, manifest.Graphs["model"]),
            SentencePieceBpeTokenizer.Open(
                File.ReadAllBytes(model.Resolve(version, tokenizer.File)), tokenizer.File, tokenizer.Normalization, tokenizer.Special),
            File.ReadAllLines(model.Resolve(version, ((ClassificationSection)manifest.Section).Labels.File!)),
            manifest.Limits.MaxInputTokens);
    }
}
