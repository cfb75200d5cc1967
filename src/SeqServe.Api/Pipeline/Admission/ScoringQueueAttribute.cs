using SeqServe.Core.Batching;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.LanguageModeling;

namespace SeqServe.Api.Pipeline.Admission;

/// <summary>Texts to be scored.</summary>
internal sealed class ScoringQueueAttribute() : QueueAttribute(LanguageModelingTask.TaskName)
{
    public override IAdmission? Of(ServedModel model) => (model as ServedLanguageModel)?.Scorer;
}
