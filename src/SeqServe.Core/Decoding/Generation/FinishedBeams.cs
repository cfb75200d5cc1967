namespace SeqServe.Core.Decoding.Generation;

/// <summary>The best finished beams, at most as many as there are beams; of equal ones those that came first.</summary>
/// <param name="capacity">Most that are kept.</param>
internal sealed class FinishedBeams(int capacity)
{
    /// <summary>What transformers writes for a beam that is none: added to a score, it puts it behind all others.</summary>
    public const float OutOfReach = -1e9f;

    private readonly List<FinishedBeam> _beams = new(capacity);

    /// <summary>Whether as many as can be kept are there.</summary>
    public bool IsFull => _beams.Count == capacity;

    /// <summary>What a score must exceed to be kept.</summary>
    public float Worst => IsFull ? _beams[^1].Score : OutOfReach;

    /// <summary>What is kept, best first.</summary>
    public IReadOnlyList<FinishedBeam> Beams => _beams;

    /// <summary>Keeps a beam, in the place of the worst where there is no other.</summary>
    /// <param name="beam">A beam whose score is above <see cref="Worst"/>.</param>
    public void Add(FinishedBeam beam)
    {
        if (IsFull)
            _beams.RemoveAt(_beams.Count - 1);
        var place = _beams.Count;
        while (place > 0 && _beams[place - 1].Score < beam.Score)
            place--;
        _beams.Insert(place, beam);
    }
}

/// <summary>A finished beam.</summary>
/// <param name="Score">Its log-probability, the length penalty applied.</param>
/// <param name="Node">Its last token, the end id not counted, in the history of the search.</param>
/// <param name="Length">Number of its tokens, the end id not counted.</param>
/// <param name="Reason">Why it ended.</param>
internal readonly record struct FinishedBeam(float Score, int Node, int Length, FinishReason Reason);
