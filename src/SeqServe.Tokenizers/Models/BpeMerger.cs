using System.Buffers;

namespace SeqServe.Tokenizers.Models;

/// <summary>A token of a word whose pairs are being merged.</summary>
/// <param name="Id">The token.</param>
/// <param name="Length">How much of the word it covers, in the unit of whoever made it.</param>
internal readonly record struct BpeSymbol(int Id, int Length);

/// <summary>Merges the tokens of a word: the pair of the lowest rank first, of several the leftmost.</summary>
/// <param name="merges">The pairs.</param>
/// <param name="mayScan">
/// Whether a token always changes when its left or right part grows. Only then is a pair that the reference has queued and that has changed since never
/// taken for the pair that is there, and looking for the lowest rank each time gives the same tokens.
/// </param>
internal sealed class BpeMerger(MergeTable merges, bool mayScan)
{
    // A scan is quadratic, but without a queue; the two take the same time at about twice this length.
    private const int MostScanned = 64;

    /// <summary>Merges in place.</summary>
    /// <returns>How many tokens are left.</returns>
    public int Merge(Span<BpeSymbol> symbols) => symbols.Length switch
    {
        < 2 => symbols.Length,
        <= MostScanned when mayScan => Scan(symbols),
        _ => Queue(symbols),
    };

    private int Scan(Span<BpeSymbol> symbols)
    {
        var count = symbols.Length;
        Span<MergeTable.Merge> next = stackalloc MergeTable.Merge[MostScanned];
        for (var at = 0; at + 1 < count; at++)
            next[at] = merges[symbols[at].Id, symbols[at + 1].Id];
        next[count - 1] = MergeTable.None;
        while (true)
        {
            var best = 0;
            for (var at = 1; at < count; at++)
            {
                if (next[at].Rank < next[best].Rank)
                    best = at;
            }

            if (next[best].Id < 0)
                return count;
            symbols[best] = new BpeSymbol(next[best].Id, symbols[best].Length + symbols[best + 1].Length);
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            next[(best + 2)..count].CopyTo(next[(best + 1)..]);
            count--;
            if (best > 0)
                next[best - 1] = merges[symbols[best - 1].Id, symbols[best].Id];
            next[best] = best + 1 < count ? merges[symbols[best].Id, symbols[best + 1].Id] : MergeTable.None;
        }
    }

    private int Queue(Span<BpeSymbol> symbols)
    {
        var links = ArrayPool<(int Previous, int Next)>.Shared.Rent(symbols.Length);
        try
        {
            var chain = links.AsSpan(0, symbols.Length);
            var queue = new PriorityQueue<int, (int Rank, int At)>(symbols.Length);
            for (var at = 0; at < chain.Length; at++)
            {
                chain[at] = (at - 1, at + 1 < chain.Length ? at + 1 : -1);
                Enqueue(queue, symbols, at, chain[at].Next);
            }

            while (queue.TryDequeue(out var id, out var place))
                MergeAt(queue, symbols, chain, place.At, id);
            return Compact(symbols);
        }
        finally
        {
            ArrayPool<(int Previous, int Next)>.Shared.Return(links);
        }
    }

    private void MergeAt(PriorityQueue<int, (int Rank, int At)> queue, Span<BpeSymbol> symbols, Span<(int Previous, int Next)> chain, int at, int id)
    {
        var next = chain[at].Next;
        // A token without length was merged into its left neighbour; a pair that has changed since it was queued is queued again as what it is now.
        if (symbols[at].Length == 0 || next < 0 || merges[symbols[at].Id, symbols[next].Id].Id != id)
            return;
        symbols[at] = new BpeSymbol(id, symbols[at].Length + symbols[next].Length);
        symbols[next] = default;
        chain[at].Next = chain[next].Next;
        if (chain[at].Next >= 0)
            chain[chain[at].Next].Previous = at;
        if (chain[at].Previous >= 0)
            Enqueue(queue, symbols, chain[at].Previous, at);
        Enqueue(queue, symbols, at, chain[at].Next);
    }

    private void Enqueue(PriorityQueue<int, (int Rank, int At)> queue, Span<BpeSymbol> symbols, int at, int next)
    {
        if (next >= 0 && merges[symbols[at].Id, symbols[next].Id] is { Id: >= 0 } merge)
            queue.Enqueue(merge.Id, (merge.Rank, at));
    }

    private static int Compact(Span<BpeSymbol> symbols)
    {
        var count = 0;
        foreach (var symbol in symbols)
        {
            if (symbol.Length > 0)
                symbols[count++] = symbol;
        }

        return count;
    }
}
