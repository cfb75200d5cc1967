using SeqServe.Core.Batching;
using SeqServe.Core.Tasks;

namespace SeqServe.Api.Pipeline.Admission;

/// <summary>Which queue the requests of a route wait in; the model that it belongs to is the task's default, or the one that the body names.</summary>
/// <param name="task">The task of the route's models.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal abstract class QueueAttribute(string task) : Attribute
{
    public string Task => task;

    /// <summary>The queue of a model of the task; null when it has none for this route.</summary>
    public abstract IAdmission? Of(ServedModel model);
}
