using SeqServe.Core.Models;
using SeqServe.Core.Models.Manifests;
using SeqServe.Core.Scheduling;

namespace SeqServe.Api.Admission;

/// <summary>Texts to be scored.</summary>
internal sealed class ScoringQueueAttribute() : QueueAttribute(ModelTask.LanguageModel)
{
    public override IAdmission? Of(ServedModel model) => (model as ServedLanguageModel)?.Scorer;
}
