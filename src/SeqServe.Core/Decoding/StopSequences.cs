namespace SeqServe.Core.Decoding;

/// <summary>
/// Ends a text at the first stop sequence that is complete in it, wherever the pieces it comes in are cut: what may be the beginning of one is held back
/// until it is known. The stop sequence itself is not part of the text.
/// </summary>
/// <param name="stops">The sequences, none empty.</param>
public sealed class StopSequences(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether one was found; then no more text follows.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes a piece of text and gives what is certain to be part of the answer.</summary>
    public string Append(string piece)
    {
        if (IsStopped || stops.Count == 0)
            return IsStopped ? "" : piece;
        var text = _held + piece;
        var cut = FirstStop(text);
        if (cut >= 0)
        {
            IsStopped = true;
            _held = "";
            return text[..cut];
        }

        var kept = text.Length - HeldLength(text);
        _held = text[kept..];
        return text[..kept];
    }

    /// <summary>Ends the text; gives what was held back.</summary>
    public string Finish()
    {
        var rest = _held;
        _held = "";
        return rest;
    }

    /// <summary>Where the stop sequence begins that is complete first; of those that end together, the longest. -1 when there is none.</summary>
    private int FirstStop(string text)
    {
        var (start, end) = (-1, int.MaxValue);
        foreach (var stop in stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (at + stop.Length < end || (at + stop.Length == end && at < start)))
                (start, end) = (at, at + stop.Length);
        }

        return start;
    }

    /// <summary>Length of the longest end of the text that a stop sequence begins with.</summary>
    private int HeldLength(string text)
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    longest = length;
            }
        }

        return longest;
    }
}
