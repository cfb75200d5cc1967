using SeqServe.Api.Facades.Native;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.UnitTests.Api.Facades.Native;

public class ClassifyMapperTests
{
    private readonly ClassifyMapper _mapper = new(Callers.Reader);

    [Fact]
    public void ToRequest_WithEverything_CarriesEverything()
    {
        var contract = new ClassifyRequest { Inputs = Callers.Texts("a", "b"), Model = "m", Version = 2, TopK = 3, Truncate = true, Explain = true };

        var request = _mapper.ToRequest(contract, Callers.InAHurry);

        Assert.Equal(["a", "b"], request.Texts);
        Assert.Equal((false, "m", 2, 3, true, true), (request.IsSingle, request.Model, request.Version, request.TopK, request.Truncate, request.Explain));
        Assert.Equal((TimeSpan.FromMilliseconds(250), RowPriority.High), (request.Timeout, request.Priority));
    }

    [Fact]
    public void ToRequest_WithInputsAlone_LeavesTheRestToTheModel()
    {
        var request = _mapper.ToRequest(new ClassifyRequest { Inputs = new([""], true, 1) }, new Microsoft.AspNetCore.Http.DefaultHttpContext());

        Assert.Equal((true, null, null, null), (request.IsSingle, request.Model, request.Version, request.TopK));
        Assert.Equal((false, false), (request.Truncate, request.Explain));
        Assert.Equal((null, RowPriority.Normal), (request.Timeout, request.Priority));
    }

    [Fact]
    public void ToContract_OfAnAnswer_HasTheBestLabelOnTopAndAttributionsOnlyWhereThereAre()
    {
        var timings = new InferenceTimings(TimeSpan.FromMicroseconds(1.4), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3), 4);
        var plain = new ClassifiedText([new LabelScore("good", 0.75f), new LabelScore("bad", 0.25f)], 5, true, null);
        var explained = plain with { Attributions = [new WordAttribution("fine", 2, 6, 0.5)] };

        var answer = ClassifyMapper.ToContract(new EncoderResponse<ClassifiedText>("m", 2, [plain, explained], 10, timings));

        Assert.Equal(("m", 2, 10), (answer.Model, answer.Version, answer.Usage.InputTokens));
        Assert.Equal(new Timings(0.001, 2, 3, 4), answer.Timings);
        Assert.Equal(("good", 0.75f, 5, true), (answer.Results[0].Label, answer.Results[0].Score, answer.Results[0].InputTokens, answer.Results[0].Truncated));
        Assert.Equal(["good", "bad"], answer.Results[0].Scores.Select(s => s.Label));
        Assert.Null(answer.Results[0].Attributions);
        Assert.Equal(new Attribution("fine", 2, 6, 0.5), Assert.Single(answer.Results[1].Attributions!));
    }
}
