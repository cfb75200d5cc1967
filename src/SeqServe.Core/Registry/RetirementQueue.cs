using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>
/// Disposes models that were taken out of service, one after the other, when their last lease has ended. Disposal waits for runs and frees native
/// memory, so it has a thread of its own and never runs on the thread of a request. The thread lives until the queue is closed and empty.
/// </summary>
internal sealed partial class RetirementQueue
{
    private readonly object _gate = new();
    private readonly Queue<Retirement> _unused = new();
    private readonly TimeSpan _patience;
    private readonly ILogger _logger;
    private TaskCompletionSource _idle = Completed();
    private int _retiring;
    private int _disposing;
    private bool _isClosed;
    private bool _hasEnded;

    /// <summary>Starts the thread: one that cannot be started keeps the server from starting, in place of a model from being freed later.</summary>
    /// <param name="patience">How long a model may take for the requests that it has taken.</param>
    /// <param name="logger">For disposals that fail.</param>
    public RetirementQueue(TimeSpan patience, ILogger logger)
    {
        (_patience, _logger) = (patience, logger);
        new Thread(Run) { IsBackground = true, Name = "seqserve-retirement" }.Start();
    }

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
    /// <param name="retirement">The model; it is disposed when its last lease has ended.</param>
    public void Retire(Retirement retirement)
    {
        lock (_gate)
            _retiring++;
        retirement.Model.Retire(() => HandOver(retirement), _patience);
    }

    /// <summary>Ends the thread once all models that were retired are disposed. One that is retired later is disposed where its last lease ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void HandOver(Retirement retirement)
    {
        lock (_gate)
        {
            if (_disposing++ == 0)
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_hasEnded)
            {
                _unused.Enqueue(retirement);
                Monitor.Pulse(_gate);
                return;
            }
        }

        Dispose(retirement);
    }

    private void Run()
    {
        while (Take() is { } retirement)
            Dispose(retirement);
    }

    private Retirement? Take()
    {
        lock (_gate)
        {
            while (_unused.Count == 0)
            {
                if (_isClosed && _retiring == 0)
                {
                    _hasEnded = true;
                    return null;
                }

                Monitor.Wait(_gate);
            }

            return _unused.Dequeue();
        }
    }

    private void Dispose(Retirement retirement)
    {
        try
        {
            retirement.Model.Free();
        }
        catch (Exception e)
        {
            // Catches whatever the runtime throws: the model is out of service in any case, and those behind it must still be disposed.
            Report(retirement.Model, e);
        }
        finally
        {
            End(retirement);
        }
    }

    private void End(Retirement retirement)
    {
        try
        {
            retirement.End();
        }
        catch (Exception e)
        {
            Report(retirement.Model, e);
        }
        finally
        {
            lock (_gate)
            {
                _retiring--;
                if (--_disposing == 0)
                    _idle.TrySetResult();
            }
        }
    }

    private void Report(ServedModel model, Exception exception)
    {
        try
        {
            RetirementFailed(_logger, model.Manifest.Name, model.Version, exception);
        }
        catch (Exception)
        {
            // A logger that throws must not end the thread, and with it the process.
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

/// <summary>A model on its way out.</summary>
/// <param name="model">The model.</param>
/// <param name="ended">Called when it is disposed, also when its disposal has failed.</param>
internal sealed class Retirement(ServedModel model, Action<Retirement>? ended = null)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The model.</summary>
    public ServedModel Model => model;

    /// <summary>Done when the model is disposed, also when its disposal has failed.</summary>
    public Task Done => _done.Task;

    /// <summary>Done already, so that nobody waits for it, while a request has the model leased; else as <see cref="Done"/>.</summary>
    public Task DoneUnlessLeased => model.IsHeld ? Task.CompletedTask : Done;

    /// <summary>The model is disposed.</summary>
    public void End()
    {
        try
        {
            ended?.Invoke(this);
        }
        finally
        {
            _done.TrySetResult();
        }
    }
}
