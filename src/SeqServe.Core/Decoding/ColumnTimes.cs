using System.Numerics;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Decoding;

/// <summary>
/// How long a column of so many rows takes: one token of each. A recurrent model takes its columns one after another, and a wide column hardly longer than
/// a narrow one, so that the time of a token says little.
/// </summary>
internal sealed class ColumnTimes
{
    // Rows of 1, 2–3, 4–7 and so on are taken as equal.
    private readonly ServiceRate[] _byRows = [.. Enumerable.Range(0, 32).Select(_ => new ServiceRate())];

    /// <summary>Notes a run.</summary>
    public void Add(int rows, int columns, TimeSpan took) => _byRows[Place(rows)].Add(columns, took);

    /// <summary>Time of a column; what is known of the nearest number of rows where nothing is known of this one, and zero before the first run.</summary>
    public TimeSpan Of(int rows)
    {
        for (var (below, above) = (Place(rows), Place(rows)); below >= 0 || above < _byRows.Length; below--, above++)
        {
            if (below >= 0 && _byRows[below].PredictWait(1, 1) is var less && less > TimeSpan.Zero)
                return less;
            if (above < _byRows.Length && _byRows[above].PredictWait(1, 1) is var more && more > TimeSpan.Zero)
                return more;
        }

        return TimeSpan.Zero;
    }

    private static int Place(int rows) => BitOperations.Log2((uint)rows);
}
