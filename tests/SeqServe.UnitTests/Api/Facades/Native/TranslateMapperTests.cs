using SeqServe.Api.Facades.Native;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.UnitTests.Api.Facades.Native;

public class TranslateMapperTests
{
    private static readonly SentenceAlignment s_alignment = new(["a"], ["b"], [[1f]]);

    [Fact]
    public void ToRequest_WithEverything_CarriesEverything()
    {
        var contract = new TranslateRequest
        {
            Inputs = Callers.Texts("a"),
            Model = "m",
            Version = 2,
            Source = "en",
            Target = "fr",
            BeamSize = 4,
            LengthPenalty = 0.5,
            MaxTokens = 9,
            Alternatives = 3,
            Alignments = true,
        };

        var request = new TranslateMapper(Callers.Reader).ToRequest(contract, Callers.InAHurry);

        Assert.Equal(("m", 2, "en", "fr"), (request.Model, request.Version, request.Source, request.Target));
        Assert.Equal((4, 0.5, 9, 3, true), (request.BeamSize, request.LengthPenalty, request.MaxTokens, request.Alternatives, request.Alignments));
        Assert.Equal((TimeSpan.FromMilliseconds(250), RowPriority.High), (request.Timeout, request.Priority));
    }

    [Fact]
    public void ToContract_OfATextInOnePiece_HasItsAlignmentAtTheTop()
    {
        var result = Assert.Single(Map(Text([s_alignment])).Results);

        Assert.Equal((s_alignment.SourceTokens, s_alignment.TargetTokens, null), (result.SourceTokens, result.TargetTokens, result.Sentences));
        Assert.Equal("length", result.FinishReason);
        Assert.Null(result.Alternatives);
    }

    [Fact]
    public void ToContract_OfATextOfSentences_HasAnAlignmentForEach()
    {
        var result = Assert.Single(Map(Text([s_alignment, s_alignment])).Results);

        Assert.Equal((null, null, 2), (result.SourceTokens, result.Alignments, result.Sentences!.Count));
    }

    private static TranslatedText Text(IReadOnlyList<SentenceAlignment> alignments) => new("b", -0.5, FinishReason.Length, [], alignments);

    private static TranslateResponse Map(TranslatedText text) =>
        TranslateMapper.ToContract(new TranslationResponse("m", 1, new LanguagePair("en", "fr"), [text], 2, 3, default(InferenceTimings)));
}
