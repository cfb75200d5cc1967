using SeqServe.Core.Batching;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.Api.Pipeline.Admission;

/// <summary>Texts to be classified.</summary>
internal sealed class ClassifierQueueAttribute() : QueueAttribute(ClassificationTask.TaskName)
{
    public override IAdmission? Of(ServedModel model) => (model as ServedClassifier)?.Batcher;
}
