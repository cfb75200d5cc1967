using SeqServe.Core.Models;
using SeqServe.Core.Models.Manifests;
using SeqServe.Core.Scheduling;

namespace SeqServe.Api.Admission;

/// <summary>Texts to be classified.</summary>
internal sealed class ClassifierQueueAttribute() : QueueAttribute(ModelTask.Classification)
{
    public override IAdmission? Of(ServedModel model) => (model as ServedClassifier)?.Batcher;
}
