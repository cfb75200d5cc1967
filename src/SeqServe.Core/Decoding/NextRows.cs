using System.Runtime.InteropServices;

namespace SeqServe.Core.Decoding;

/// <summary>The rows a sequence wants in the next step: each goes on from one of its present rows with one token.</summary>
public sealed class NextRows
{
    private readonly List<NextRow> _rows = [];

    /// <summary>The rows so far, in the order in which the next <see cref="StepOutputs"/> shows them.</summary>
    public ReadOnlySpan<NextRow> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Adds a row.</summary>
    /// <param name="parent">The present row that it goes on from.</param>
    /// <param name="token">The token that it reads.</param>
    public void Add(int parent, int token) => _rows.Add(new NextRow(parent, token));

    internal void Clear() => _rows.Clear();
}

/// <summary>One row of a sequence's next step.</summary>
/// <param name="Parent">The present row of the sequence that it goes on from.</param>
/// <param name="Token">The token that it reads.</param>
public readonly record struct NextRow(int Parent, int Token);
