using FsCheck.Xunit;
using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class BeamSearchTests
{
    [Property]
    public void Run_WithRoomForEverySequence_FindsWhatBruteForceFinds(int seed, byte alpha)
    {
        // 2 words, 3 steps: 15 sequences, so that 16 beams neither drop a row nor end early.
        const int limit = 3;
        var model = new TinyModel(seed, vocabulary: 3);
        var penalty = alpha / 100.0;

        var found = model.Run(new BeamSearch(16, limit, TinyModel.EndId, penalty));

        var all = model.Enumerate(limit, penalty);
        Assert.Equal(all.Count, found.Count);
        AssertSame(all, found);
    }

    [Property]
    public void Run_AnyBeams_FindsWhatTheRecipeFinds(int seed, byte beams, byte vocabulary, byte limit, byte alpha)
    {
        var model = new TinyModel(seed, 2 + (vocabulary % 12));
        var (k, most, penalty) = (1 + (beams % 16), 1 + (limit % 8), alpha / 100.0);

        var found = model.Run(new BeamSearch(k, most, TinyModel.EndId, penalty));

        AssertSame(RecipeBeamSearch.Run(model, most, k, penalty), found);
    }

    [Property]
    public void Run_OneBeam_FindsWhatGreedyFinds(int seed)
    {
        var model = new TinyModel(seed, vocabulary: 5);

        var beam = model.Run(new BeamSearch(1, 6, TinyModel.EndId))[0];
        var greedy = Assert.Single(model.Run(new GreedySearch(6, TinyModel.EndId)));

        Assert.Equal(greedy.Tokens, beam.Tokens);
        Assert.Equal(greedy.FinishReason, beam.FinishReason);
        Assert.Equal(greedy.Score, beam.Score, 1e-6);
    }

    [Fact]
    public void Run_Rows_SayWhichLogitsEachTokenCameFrom()
    {
        var model = new TinyModel(7, vocabulary: 6);
        var search = new BeamSearch(4, 5, TinyModel.EndId);
        List<List<int[]>> steps = [];
        List<int[]> rows = [[]];
        while (rows.Count > 0)
        {
            steps.Add(rows);
            rows.ForEach(row => search.Read(model.Logits(row)));
            List<int[]> following = [];
            foreach (var next in search.Advance())
                following.Add([.. rows[next.Parent], next.Token]);
            rows = following;
        }

        foreach (var hypothesis in search.Hypotheses)
        {
            for (var i = 0; i < hypothesis.Tokens.Length; i++)
                Assert.Equal(hypothesis.Tokens[..i], steps[i][hypothesis.Rows[i]]);
        }
    }

    [Fact]
    public void Run_AllRowsEnd_IsOverWithWhatTheyFound()
    {
        // A vocabulary of the end id alone: there is no row to go on with.
        var found = new TinyModel(1, vocabulary: 1).Run(new BeamSearch(4, 5, TinyModel.EndId));

        var only = Assert.Single(found);
        Assert.Empty(only.Tokens);
        Assert.Equal(FinishReason.Eos, only.FinishReason);
        Assert.Equal(0, only.Score, 1e-6);
    }

    [Fact]
    public void Read_UnusableLogits_Throws() =>
        Assert.Throws<ArithmeticException>(() => new BeamSearch(2, 5, TinyModel.EndId).Read([1, float.NaN, 2]));

    private static void AssertSame(List<(double Score, string Tokens)> expected, IReadOnlyList<Hypothesis> found)
    {
        Assert.Equal(expected.Select(e => e.Tokens), found.Select(f => string.Join(' ', f.Tokens)));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
    }
}
