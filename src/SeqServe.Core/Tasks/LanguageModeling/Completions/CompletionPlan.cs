using System.Threading.Channels;
using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>What all answers of one request have in common.</summary>
/// <param name="Request">The request.</param>
/// <param name="Model">The model.</param>
/// <param name="Seed">What the random numbers follow from.</param>
/// <param name="Output">Where pieces go. It takes any number at once, so a slow reader never holds up the loop; the answers' length bounds it.</param>
internal sealed record CompletionPlan(
    CompletionRequest Request, ServedDecoder Model, long Seed, ChannelWriter<CompletionPiece> Output)
{
    /// <summary>Whether the prompt's own tokens are wanted with their log-probabilities.</summary>
    public bool ScoresPrompt => Request.Echo && Request.LogProbabilities is not null;

    /// <summary>A token in its place, with what the request wants to know of it.</summary>
    /// <param name="logits">Logits of the place.</param>
    /// <param name="token">The token in this place.</param>
    /// <param name="offset">Where its text begins.</param>
    public CompletedToken Describe(ReadOnlySpan<float> logits, int token, int offset)
    {
        var distribution = new NextTokenDistribution(logits);
        var count = Math.Min(Request.LogProbabilities ?? 0, logits.Length);
        var best = count == 0
            ? []
            : Array.ConvertAll(distribution.Best(count), c => KeyValuePair.Create(Model.Tokenizer.TokenText(c.Id), c.LogProbability));
        return new CompletedToken(Model.Tokenizer.TokenText(token), offset, distribution.LogProbability(token), best);
    }
}
