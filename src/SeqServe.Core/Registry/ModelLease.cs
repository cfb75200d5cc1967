using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>Keeps a model version loaded while a request uses it. Dispose it when the request is answered.</summary>
/// <typeparam name="TModel">The kind of model.</typeparam>
public sealed class ModelLease<TModel> : IDisposable
    where TModel : ServedModel
{
    private TModel? _model;

    internal ModelLease(TModel model)
    {
        _model = model;
        model.Metrics.RequestEntered();
    }

    /// <summary>The model.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public TModel Model => _model ?? throw new ObjectDisposedException(nameof(ModelLease<>));

    /// <summary>Ends the lease. The last lease of a retired model only hands it over; it is disposed on another thread.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _model, null) is not { } model)
            return;
        model.Metrics.RequestLeft();
        model.Release();
    }
}
