using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Classifiers asked by tensors of text: label, score and the probability of each class.</summary>
public sealed class ClassificationText(SequenceClassifier classifier) : ITextTensorTask
{
    private const string Label = "label";
    private const string Score = "score";
    private const string Probabilities = "probabilities";

    /// <inheritdoc/>
    public string Task => ClassificationTask.TaskName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs { get; } = [Label, Score, Probabilities];

    /// <inheritdoc/>
    public IAdmission Queue(ServedModel model) => ((ServedClassifier)model).Batcher;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Tensor>> AnswerAsync(
        ServedModel model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var served = (ServedClassifier)model;
        var response = await classifier.ClassifyAsync(
            served,
            new ClassificationRequest(text.Texts)
            {
                Field = TextInput.Name,
                TopK = served.Labels.Count,
                Timeout = request.Timeout,
                Priority = request.Priority,
            },
            observed,
            cancellation).ConfigureAwait(false);
        return [.. request.Outputs.Select(name => name switch
        {
            Label => text.Strings(name, response.Results.Select(r => r.Scores[0].Label)),
            Score => text.Numbers(name, response.Results.Select(r => r.Scores[0].Score)),
            _ => text.Numbers(name, response.Results.SelectMany(r => ByClass(r, served.Labels)), served.Labels.Count),
        })];
    }

    private static IEnumerable<float> ByClass(ClassifiedText result, IReadOnlyList<string> labels)
    {
        var scores = result.Scores.ToDictionary(s => s.Label, s => s.Score, StringComparer.Ordinal);
        return labels.Select(label => scores[label]);
    }
}
