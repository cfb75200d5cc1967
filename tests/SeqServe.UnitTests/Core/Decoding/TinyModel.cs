using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>A model of a few tokens whose logits depend on everything read so far; token 0 ends a sequence.</summary>
internal sealed class TinyModel(int seed, int vocabulary)
{
    public const int EndId = 0;

    public float[] Logits(IReadOnlyList<int> read)
    {
        var hash = seed;
        foreach (var token in read)
            hash = unchecked((hash * 31) + token + 1);
        var random = new Random(hash);
        return [.. Enumerable.Range(0, vocabulary).Select(_ => (float)(random.NextDouble() * 6) - 3)];
    }

    public double[] LogProbabilities(IReadOnlyList<int> read)
    {
        var logits = Logits(read);
        var sum = logits.Sum(logit => Math.Exp(logit));
        return [.. logits.Select(logit => logit - Math.Log(sum))];
    }

    /// <summary>Runs a search to its end, as a loop over rows does.</summary>
    public IReadOnlyList<Hypothesis> Run(ISearch search)
    {
        List<int[]> rows = [[]];
        while (rows.Count > 0)
        {
            foreach (var row in rows)
                search.Read(Logits(row));
            List<int[]> following = [];
            foreach (var next in search.Advance())
                following.Add([.. rows[next.Parent], next.Token]);
            rows = following;
        }

        return search.Hypotheses;
    }

    /// <summary>Every sequence there is up to a length, best first.</summary>
    public List<(double Score, string Tokens)> Enumerate(int maxTokens, double penalty)
    {
        List<(double, string)> found = [];
        Extend([], 0, maxTokens, penalty, found);
        return [.. found.OrderByDescending(f => f.Item1)];
    }

    private void Extend(int[] read, double logProbability, int maxTokens, double penalty, List<(double Score, string Tokens)> found)
    {
        if (read.Length == maxTokens)
        {
            found.Add((LengthPenalty.Normalize(logProbability, maxTokens, penalty), string.Join(' ', read)));
            return;
        }

        var next = LogProbabilities(read);
        found.Add((LengthPenalty.Normalize(logProbability + next[EndId], read.Length + 1, penalty), string.Join(' ', read)));
        for (var token = 1; token < vocabulary; token++)
            Extend([.. read, token], logProbability + next[token], maxTokens, penalty, found);
    }
}
