using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

/// <summary>A model whose logits are a hash of all that was read, exact in any language: the one that <c>Fixtures/Generation</c> was made with.</summary>
/// <param name="seed">Which model.</param>
/// <param name="vocabulary">Number of tokens.</param>
/// <param name="bias">What is added to the logits of some tokens.</param>
internal sealed class GenerationModel(uint seed, int vocabulary, IReadOnlyList<(int Token, float Bias)> bias)
{
    public float[] Logits(IReadOnlyList<int> read)
    {
        var hash = read.Aggregate(seed, (hash, token) => unchecked((hash * 31) + (uint)token + 1));
        var logits = new float[vocabulary];
        for (var token = 0; token < vocabulary; token++)
            logits[token] = ((Mix(hash ^ unchecked((uint)token * 0x9E3779B1)) >> 18) / 2048f) - 4;
        foreach (var (token, added) in bias)
            logits[token] += added;
        return logits;
    }

    /// <summary>Runs a search to its end, as a loop over rows does.</summary>
    /// <param name="search">The search.</param>
    /// <param name="start">What each row reads first.</param>
    /// <param name="step">Receives what each row of a step has read, or null.</param>
    public IReadOnlyList<Hypothesis> Run(ISearch search, int start, Action<List<int[]>>? step = null)
    {
        List<int[]> rows = [[start]];
        while (rows.Count > 0)
        {
            step?.Invoke(rows);
            rows.ForEach(row => search.Read(Logits(row)));
            List<int[]> following = [];
            foreach (var next in search.Advance())
                following.Add([.. rows[next.Parent], next.Token]);
            rows = following;
        }

        return search.Hypotheses;
    }

    // The last steps of MurmurHash3.
    private static uint Mix(uint value)
    {
        value = unchecked((value ^ (value >> 16)) * 0x85EBCA6B);
        value = unchecked((value ^ (value >> 13)) * 0xC2B2AE35);
        return value ^ (value >> 16);
    }
}
