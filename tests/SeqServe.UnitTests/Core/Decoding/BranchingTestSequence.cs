using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>Branches, drops and reorders its rows at random but repeatably, and checks that each row has read what it should have.</summary>
internal sealed class BranchingTestSequence(int[] input, int rows, int steps, int seed, Func<IReadOnlyList<int>, float[]> expected)
    : ActiveSequence(input, rows, default)
{
    private readonly Random _random = new(seed);
    private List<int[]> _read = [[]];

    public List<string> Faults { get; } = [];

    public override void Advance(StepOutputs outputs, NextRows following)
    {
        if (outputs.Count != _read.Count)
            Faults.Add($"{outputs.Count} rows instead of {_read.Count}");
        for (var i = 0; i < outputs.Count; i++)
        {
            if (!outputs.Logits(i).SequenceEqual(expected(_read[i])))
                Faults.Add($"step {Steps}, row {i}");
        }

        if (Steps > steps)
            return;
        var next = new List<int[]>();
        for (var i = _random.Next(1, MaxRows + 1); i > 0; i--)
        {
            var (parent, token) = (_random.Next(outputs.Count), _random.Next(16));
            following.Add(parent, token);
            next.Add([.. _read[parent], token]);
        }

        _read = next;
    }
}
