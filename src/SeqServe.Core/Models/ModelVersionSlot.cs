namespace SeqServe.Core.Models;

/// <summary>One version's place in the registry: its state and, while it serves, the model.</summary>
internal sealed class ModelVersionSlot(int version, ModelStatus status)
{
    private volatile ModelStatus _status = status;
    private ServedModel? _served;

    public int Version { get; } = version;

    public ModelStatus Status => _status;

    public ServedModel? Served => Volatile.Read(ref _served);

    public void Become(ModelState state, string reason, DateTimeOffset now) => _status = new ModelStatus(state, reason, now);

    /// <summary>Publishes a loaded model; the slot owns its first hold.</summary>
    public void Serve(ServedModel model, DateTimeOffset now)
    {
        Volatile.Write(ref _served, model);
        Become(ModelState.Ready, "", now);
    }

    /// <summary>Takes the model out of service; it is disposed when its last lease ends.</summary>
    public void Retire(DateTimeOffset now)
    {
        var served = Interlocked.Exchange(ref _served, null);
        Become(ModelState.Unavailable, "unloaded", now);
        served?.Release();
    }
}
