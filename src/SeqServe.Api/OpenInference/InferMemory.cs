using System.Buffers;

namespace SeqServe.Api.OpenInference;

/// <summary>
/// The memory of one request's body, from the shared pool. It goes back only when the request was answered: a run that outlives a caller who has left may still read it.
/// </summary>
internal sealed class InferMemory
{
    private readonly List<byte[]> _rented = [];

    /// <summary>Bytes of the JSON, by which the number of elements in it is bounded.</summary>
    public long JsonBytes { get; set; }

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
