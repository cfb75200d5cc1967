namespace SeqServe.Core.Registry;

/// <summary>
/// Runs the changes of each model in the order in which they are asked for, different models side by side. Keeps nothing of a change that is done.
/// </summary>
internal sealed class ModelChanges
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Change> _last = new(StringComparer.Ordinal);

    /// <summary>Models with a change that is not done.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _last.Count;
        }
    }

    /// <summary>Asks for a load. Requests for a load of the same model share one, unless it is done or another change was asked for since.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="load">Loads it; called on a thread of the pool.</param>
    /// <returns>Done, or faulted, as the load.</returns>
    public Task AddLoad(string name, Action load)
    {
        lock (_gate)
            return _last.TryGetValue(name, out var last) && last.IsLoad ? last.Done : Add(name, load, isLoad: true);
    }

    /// <summary>Asks for any other change.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="change">Makes it; called on a thread of the pool.</param>
    /// <returns>Done, or faulted, as the change.</returns>
    public Task Add(string name, Action change)
    {
        lock (_gate)
            return Add(name, change, isLoad: false);
    }

    private Task Add(string name, Action work, bool isLoad)
    {
        var before = _last.GetValueOrDefault(name)?.Done;
        var change = new Change(isLoad);
        change.Done = Task.Run(async () =>
        {
            if (before is not null)
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                work();
            }
            finally
            {
                Forget(name, change);
            }
        });
        _last[name] = change;
        return change.Done;
    }

    private void Forget(string name, Change change)
    {
        lock (_gate)
        {
            if (_last.GetValueOrDefault(name) == change)
                _last.Remove(name);
        }
    }

    private sealed class Change(bool isLoad)
    {
        public bool IsLoad { get; } = isLoad;

        public Task Done { get; set; } = Task.CompletedTask;
    }
}
