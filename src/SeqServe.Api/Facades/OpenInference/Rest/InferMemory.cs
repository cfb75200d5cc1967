using System.Buffers;
using System.Numerics;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>
/// The memory of one request's body, from the shared pool and counted in the <see cref="BodyBudget"/>. Arrays go back to the pool only when the request was
/// answered: a run may still read them after its caller has left.
/// </summary>
internal sealed class InferMemory(BodyBudget budget) : IDisposable
{
    // The smallest array of the pool.
    private const int MinArray = 16;

    private readonly List<byte[]> _rented = [];

    /// <summary>Counts what the request takes.</summary>
    public BodyReservation Reservation { get; } = budget.Begin();

    /// <summary>
    /// Elements that the JSON can still hold, all tensors together, as each takes two characters or more: shapes that promise more get no memory for it.
    /// </summary>
    public long ElementsAhead { get; set; }

    /// <summary>An array of at least this many bytes.</summary>
    /// <exception cref="Core.Errors.ServingException">As <see cref="BodyReservation.Add"/>.</exception>
    public byte[] Rent(int bytes)
    {
        // Counted before it is taken; the pool gives the next power of two.
        var counted = (long)BitOperations.RoundUpToPowerOf2((uint)Math.Max(MinArray, bytes));
        Reservation.Add(counted);
        var array = ArrayPool<byte>.Shared.Rent(Math.Max(MinArray, bytes));
        if (array.Length < counted)
            Reservation.Remove(counted - array.Length);
        _rented.Add(array);
        return array;
    }

    /// <summary>A larger array in place of one that was rented last.</summary>
    /// <param name="array">The array, which must not be used any more; or an empty one.</param>
    /// <param name="filled">Bytes to be copied.</param>
    /// <param name="bytes">Bytes of the larger one, at least.</param>
    /// <exception cref="Core.Errors.ServingException">As <see cref="BodyReservation.Add"/>.</exception>
    public byte[] Grow(byte[] array, int filled, int bytes)
    {
        var larger = Rent(bytes);
        array.AsSpan(0, filled).CopyTo(larger);
        if (_rented.Remove(array))
        {
            Reservation.Remove(array.Length);
            ArrayPool<byte>.Shared.Return(array);
        }

        return larger;
    }

    /// <summary>Gives all arrays back to the pool.</summary>
    public void Return()
    {
        foreach (var array in _rented)
            ArrayPool<byte>.Shared.Return(array);
        _rented.Clear();
    }

    /// <summary>Ends the count; arrays that were not returned are left to the garbage collector.</summary>
    public void Dispose() => Reservation.Dispose();
}
