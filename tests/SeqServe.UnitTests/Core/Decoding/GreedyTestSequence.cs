using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>Takes the best token until the end id or the limit, and remembers the answer.</summary>
internal sealed class GreedyTestSequence(int[] input, int limit, int endId = 0, float[]? state = null) : ActiveSequence(input, 1, default)
{
    private readonly List<int> _answer = [];

    public IReadOnlyList<int> Answer => _answer;

    public override ReadOnlySpan<float> BeginState => state;

    /// <summary>Called with each token.</summary>
    public Action<int>? OnToken { get; init; }

    public override void Advance(StepOutputs outputs, NextRows following)
    {
        var logits = outputs.Logits(0);
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            best = logits[i] > logits[best] ? i : best;
        _answer.Add(best);
        OnToken?.Invoke(best);
        if (best != endId && _answer.Count < limit)
            following.Add(0, best);
    }
}
