using System.Runtime.ExceptionServices;

namespace SeqServe.Core.Tasks;

/// <summary>What has been opened, to be disposed in reverse order: by a load that fails, or by the model that a load has made.</summary>
public sealed class DisposalStack : IDisposable
{
    private readonly Stack<IDisposable> _opened = new();

    /// <summary>Adds what was just opened.</summary>
    /// <returns>The same object.</returns>
    public T Add<T>(T opened)
        where T : IDisposable
    {
        _opened.Push(opened);
        return opened;
    }

    /// <summary>Disposes everything, also when some of it throws.</summary>
    /// <exception cref="AggregateException">Several of them threw, and everything else is disposed; what only one threw is thrown as it is.</exception>
    public void Dispose()
    {
        List<Exception>? faults = null;
        while (_opened.TryPop(out var opened))
        {
            try
            {
                opened.Dispose();
            }
            catch (Exception e)
            {
                (faults ??= []).Add(e);
            }
        }

        if (faults is [var only])
            ExceptionDispatchInfo.Throw(only);
        if (faults is not null)
            throw new AggregateException("What a model version had opened was not disposed without errors.", faults);
    }
}
