namespace SeqServe.Api.Pipeline.Metadata;

/// <summary>Which queue the requests of a route wait in; the model that it belongs to is the task's default, or the one that the body names.</summary>
/// <param name="task">The task of the route's models.</param>
/// <param name="operation">The name of the models' queue.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class QueueAttribute(string task, string operation) : Attribute
{
    /// <summary>The task of the route's models.</summary>
    public string Task => task;

    /// <summary>The name of the models' queue.</summary>
    public string Operation => operation;
}
