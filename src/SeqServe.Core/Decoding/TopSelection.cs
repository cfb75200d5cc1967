using System.Numerics;

namespace SeqServe.Core.Decoding;

/// <summary>
/// The k largest of many values without sorting them: a heap of k, and whole vectors are skipped that hold nothing above its smallest.
/// </summary>
public static class TopSelection
{
    /// <summary>Writes the indices of the largest values, largest first; of equal values the lower index comes first.</summary>
    /// <param name="values">Values without NaN.</param>
    /// <param name="indices">Receives as many indices as it holds; at most as many as there are values, and at least 1.</param>
    public static void Select(ReadOnlySpan<float> values, Span<int> indices)
    {
        ArgumentOutOfRangeException.ThrowIfZero(indices.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(indices.Length, values.Length);
        for (var i = 0; i < indices.Length; i++)
            indices[i] = i;
        for (var i = (indices.Length / 2) - 1; i >= 0; i--)
            SiftDown(values, indices, i);

        var next = indices.Length;
        while ((next = FirstAbove(values, next, values[indices[0]])) < values.Length)
        {
            indices[0] = next++;
            SiftDown(values, indices, 0);
        }

        // The smallest of the heap goes behind what is left of it.
        for (var end = indices.Length - 1; end > 0; end--)
        {
            (indices[0], indices[end]) = (indices[end], indices[0]);
            SiftDown(values, indices[..end], 0);
        }
    }

    private static int FirstAbove(ReadOnlySpan<float> values, int start, float threshold)
    {
        var limit = new Vector<float>(threshold);
        var i = start;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<float>(values[i..]), limit))
                break;
        }

        while (i < values.Length && !(values[i] > threshold))
            i++;
        return i;
    }

    private static void SiftDown(ReadOnlySpan<float> values, Span<int> heap, int place)
    {
        while (true)
        {
            var least = place;
            for (var child = (2 * place) + 1; child <= (2 * place) + 2 && child < heap.Length; child++)
            {
                if (IsBehind(values, heap[child], heap[least]))
                    least = child;
            }

            if (least == place)
                return;
            (heap[place], heap[least]) = (heap[least], heap[place]);
            place = least;
        }
    }

    private static bool IsBehind(ReadOnlySpan<float> values, int a, int b) => values[a] < values[b] || (values[a] == values[b] && a > b);
}
