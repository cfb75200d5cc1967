using System.Buffers;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>
/// The memory of one request's body, from the shared pool. It goes back only when the request was answered: a run that outlives a caller who has left may still read it.
/// </summary>
internal sealed class InferMemory
{
    private readonly List<byte[]> _rented = [];

    /// <summary>Elements that the JSON can still hold, all tensors together, as each takes two characters or more: what shapes promise beyond costs no memory.</summary>
    public long ElementsAhead { get; set; }

    /// <summary>Bytes of all arrays.</summary>
    public long RentedBytes => _rented.Sum(static array => (long)array.Length);

    /// <summary>An array of at least this many bytes.</summary>
    public byte[] Rent(int bytes)
    {
        var array = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes));
        _rented.Add(array);
        return array;
    }

    /// <summary>Gives everything back.</summary>
    public void Return()
    {
        foreach (var array in _rented)
            ArrayPool<byte>.Shared.Return(array);
        _rented.Clear();
    }
}
