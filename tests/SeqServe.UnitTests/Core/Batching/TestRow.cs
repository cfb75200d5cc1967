using System.Diagnostics;
using SeqServe.Core.Batching;

namespace SeqServe.UnitTests.Core.Batching;

/// <summary>A row without content.</summary>
internal sealed class TestRow(int length = 4, string name = "row", ActivityContext trace = default) : QueuedRow(length, trace)
{
    /// <summary>Whether every run that it is part of fails.</summary>
    public bool IsPoison { get; init; }

    public override string ToString() => name;
}
