using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

public class GenerationFixtureTests
{
    private const int MinCases = 100;
    private const int MaxShown = 5;

    // Scores are of single precision, and sums of as many log-probabilities as there are tokens.
    private const double Tolerance = 2e-5;

    [Fact]
    public void Fixture_ByCases_IsLargeEnough() => Assert.InRange(GenerationCase.All().Count(), MinCases, int.MaxValue);

    [Fact]
    public void Run_OfEveryCase_FindsWhatTransformersFinds()
    {
        var differences = GenerationCase.All().Index()
            .Select(one => (one.Index, Difference: Difference(one.Item)))
            .Where(one => one.Difference is not null)
            .Select(one => $"line {one.Index + 1}: {one.Difference}").ToList();

        Assert.True(differences.Count == 0, $"{differences.Count} differ:\n{string.Join('\n', differences.Take(MaxShown))}");
    }

    [Fact]
    public void Run_OfEveryCase_HasNoMoreRowsThanBeamsAndNoneTwice()
    {
        foreach (var one in GenerationCase.All())
        {
            one.Model.Run(one.Settings.NewSearch(), one.Settings.DecoderStartId, rows =>
            {
                Assert.InRange(rows.Count, 1, one.Settings.NumBeams);
                Assert.Distinct(rows.Select(row => string.Join(' ', row)));
            });
        }
    }

    [Fact]
    public void Rows_OfEveryCase_SayWhichLogitsEachTokenCameFrom()
    {
        foreach (var one in GenerationCase.All())
        {
            List<List<int[]>> steps = [];
            foreach (var hypothesis in one.Model.Run(one.Settings.NewSearch(), one.Settings.DecoderStartId, steps.Add))
            {
                for (var i = 0; i < hypothesis.Tokens.Length; i++)
                    Assert.Equal([one.Settings.DecoderStartId, .. hypothesis.Tokens[..i]], steps[i][hypothesis.Rows[i]]);
            }
        }
    }

    private static string? Difference(GenerationCase one)
    {
        var found = one.Model.Run(one.Settings.NewSearch(), one.Settings.DecoderStartId);
        var same = found.Count == one.Found.Count && found.Zip(one.Found).All(pair =>
            pair.First.Tokens.SequenceEqual(pair.Second.Tokens)
            && pair.First.FinishReason == (pair.Second.End ? FinishReason.Eos : FinishReason.Length)
            && Math.Abs(pair.First.Score - pair.Second.Score) <= Tolerance * Math.Max(1, Math.Abs(pair.Second.Score)));
        var (given, wanted) = (found.Select(f => Show(f.Tokens, f.Score)), one.Found.Select(f => Show(f.Tokens, f.Score)));
        return same ? null : $"{string.Join(", ", given)} ≠ {string.Join(", ", wanted)}";
    }

    private static string Show(int[] tokens, double score) => $"[{string.Join(' ', tokens)}] {score:g7}";
}
