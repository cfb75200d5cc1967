using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>
/// The recipes' beam search (models/training/seqtrain/decoding/beam.py) line for line, with lists and full sorts: slow, and easy to compare with its source.
/// </summary>
internal static class RecipeBeamSearch
{
    public static List<(double Score, string Tokens)> Run(TinyModel model, int limit, int beams, double penalty)
    {
        List<int[]> live = [[]];
        List<double> scores = [0];
        List<(double, string)> finished = [];
        while (live.Count > 0)
        {
            var candidates = live
                .SelectMany((ids, beam) => model.LogProbabilities(ids).Select((p, token) => (Score: scores[beam] + p, Beam: beam, Token: token)))
                .OrderByDescending(c => c.Score).Take(2 * beams).ToList();
            List<(int Beam, int Token, double Score)> kept = [];
            for (var rank = 0; rank < candidates.Count && kept.Count < beams; rank++)
            {
                var (score, beam, token) = candidates[rank];
                if (token != TinyModel.EndId)
                    kept.Add((beam, token, score));
                else if (rank < beams)
                    finished.Add((LengthPenalty.Normalize(score, live[beam].Length + 1, penalty), string.Join(' ', live[beam])));
            }

            var longer = kept.ConvertAll(k => (int[])[.. live[k.Beam], k.Token]);
            scores = kept.ConvertAll(k => k.Score);
            if (longer.Count > 0 && longer[0].Length >= limit)
            {
                finished.AddRange(longer.Zip(scores, (ids, score) => (LengthPenalty.Normalize(score, limit, penalty), string.Join(' ', ids))));
                longer = [];
            }

            live = finished.Count < beams ? longer : [];
        }

        return [.. finished.OrderByDescending(f => f.Item1)];
    }
}
