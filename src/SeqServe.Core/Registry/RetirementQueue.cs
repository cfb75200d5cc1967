using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>
/// Disposes models that were taken out of service, one after the other, when their last lease has ended. Disposal waits for runs and frees native
/// memory, so it has a thread of its own and never runs on the thread of a request. The thread lives while there are models to retire.
/// </summary>
internal sealed partial class RetirementQueue(ILogger logger)
{
    private readonly object _gate = new();
    private readonly Queue<(ServedModel Model, Action Ended)> _unused = new();
    private TaskCompletionSource _idle = Completed();
    private int _retiring;
    private int _disposing;

    /// <summary>Done when every model whose last lease has ended is disposed.</summary>
    public Task Idle
    {
        get
        {
            lock (_gate)
                return _idle.Task;
        }
    }

    /// <summary>Takes over the registry's hold on a model.</summary>
    /// <param name="model">The model; it is disposed when its last lease has ended.</param>
    /// <param name="ended">Called on the retirement thread when it is disposed, also when its disposal has failed. Must not throw.</param>
    public void Retire(ServedModel model, Action ended)
    {
        lock (_gate)
        {
            // Here, and not when the last lease ends: no request pays for the start of a thread.
            if (_retiring == 0)
                new Thread(Run) { IsBackground = true, Name = "seqserve-retirement" }.Start();
            _retiring++;
        }

        model.Retire(() => HandOver(model, ended));
    }

    private void HandOver(ServedModel model, Action ended)
    {
        lock (_gate)
        {
            if (_disposing++ == 0)
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _unused.Enqueue((model, ended));
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        do
        {
            var (model, ended) = Take();
            Dispose(model);
            ended();
        }
        while (!IsDone());
    }

    private (ServedModel Model, Action Ended) Take()
    {
        lock (_gate)
        {
            while (_unused.Count == 0)
                Monitor.Wait(_gate);
            return _unused.Dequeue();
        }
    }

    private void Dispose(ServedModel model)
    {
        try
        {
            model.Free();
        }
        catch (Exception e)
        {
            // Catches whatever the runtime throws: the model is out of service in any case, and those behind it must still be disposed.
            RetirementFailed(logger, model.Manifest.Name, model.Version, e);
        }
    }

    private bool IsDone()
    {
        lock (_gate)
        {
            if (--_disposing == 0)
                _idle.TrySetResult();
            return --_retiring == 0;
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        completed.TrySetResult();
        return completed;
    }

    [LoggerMessage(
        EventIds.RetirementFailed, LogLevel.Error, "Model {Model} version {Version} is out of service, but freeing it failed; its memory may stay in use")]
    private static partial void RetirementFailed(ILogger logger, string model, int version, Exception exception);
}
