using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

/// <summary>A fake that translates a sentence into itself, backwards: what the right answer is can be worked out from the tokens alone.</summary>
internal static class EchoTranslator
{
    public const int BeginId = 2;
    public const int EndId = 3;

    public static FakeDecoder Make(int vocabulary) => new(vocabulary) { Answer = read => Answer(read, vocabulary) };

    private static float[] Answer(IReadOnlyList<int> read, int vocabulary)
    {
        // Source, its end id, the mark, the begin id, what was said so far.
        var end = read.ToList().IndexOf(FakeDecoder.EndOfSource);
        var said = read.Count - end - 2;
        var next = said < end - 1 ? read[end - 2 - said] : EndId;
        var logits = new float[vocabulary];
        logits[next] = 10;
        // The runner-up, for beams.
        logits[(next + 1) % vocabulary] = 8;
        return logits;
    }
}
