using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>One version's place in the registry: its state and, while it serves, the model.</summary>
internal sealed class ModelVersionSlot(int version, ModelStatus status)
{
    private volatile ModelStatus _status = status;
    private ServedModel? _served;
    private volatile bool _isRetired;

    public int Version { get; } = version;

    public ModelStatus Status => _status;

    public ServedModel? Served => Volatile.Read(ref _served);

    /// <summary>Whether what is loaded into it is not to serve any more.</summary>
    public bool IsRetired => _isRetired;

    public void Become(ModelState state, string reason, DateTimeOffset now) => _status = new ModelStatus(state, reason, now);

    /// <summary>Publishes a loaded model; the slot owns its first hold.</summary>
    public void Serve(ServedModel model, DateTimeOffset now)
    {
        Volatile.Write(ref _served, model);
        Become(ModelState.Ready, "", now);
    }

    /// <summary>Takes the model out of service: Unloading until its last lease ends and it is disposed, then Unavailable.</summary>
    public void Retire(TimeProvider time)
    {
        // First, so that one that is being loaded is either found here or finds this.
        _isRetired = true;
        if (Interlocked.Exchange(ref _served, null) is not { } served)
        {
            if (Status.State != ModelState.Unloading)
                Become(ModelState.Unavailable, "unloaded", time.GetUtcNow());
            return;
        }

        Become(ModelState.Unloading, "answers the requests it has taken", time.GetUtcNow());
        var retired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Retired = retired.Task;
        served.Gone = () =>
        {
            Become(ModelState.Unavailable, "unloaded", time.GetUtcNow());
            retired.SetResult();
        };
        served.Release();
    }

    /// <summary>Done when a retired model is disposed.</summary>
    public Task Retired { get; private set; } = Task.CompletedTask;
}
