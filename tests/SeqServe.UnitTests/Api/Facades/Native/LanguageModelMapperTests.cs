using SeqServe.Api.Facades.Native;
using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Facades.Native;

public class LanguageModelMapperTests
{
    [Fact]
    public void NextToken_WithEverything_CarriesEverything()
    {
        var contract = new NextTokenRequest
        {
            Inputs = Callers.OnePrompt("a"),
            Model = "m",
            Version = 2,
            TopK = 7,
            Temperature = 0.5,
            State = "s",
            ReturnState = true,
        };

        var request = new NextTokenMapper(Callers.Reader).ToRequest(contract, Callers.InAHurry);

        Assert.Equal(("m", 2, 7, 0.5, "s", true), (request.Model, request.Version, request.TopK, request.Temperature, request.State, request.ReturnState));
        Assert.Equal((TimeSpan.FromMilliseconds(250), RowPriority.High), (request.Timeout, request.Priority));
    }

    [Fact]
    public void NextToken_WithInputsAlone_HasTheDocumentedDefaults()
    {
        var request = new NextTokenMapper(Callers.Reader).ToRequest(new NextTokenRequest { Inputs = Callers.OnePrompt("a") }, Callers.InAHurry);

        Assert.Equal((5, 1.0, false), (request.TopK, request.Temperature, request.ReturnState));
    }

    [Theory]
    [InlineData(0, null, "top_k")]
    [InlineData(101, null, "top_k")]
    [InlineData(null, 0.001, "temperature")]
    [InlineData(null, double.NaN, "temperature")]
    public void NextToken_OutOfRange_IsRefusedByName(int? topK, double? temperature, string field)
    {
        var contract = new NextTokenRequest { Inputs = Callers.OnePrompt("a"), TopK = topK, Temperature = temperature };

        var refusal = Assert.Throws<ServingException>(() => new NextTokenMapper(Callers.Reader).ToRequest(contract, Callers.InAHurry));

        Assert.Equal(field, Assert.Single(refusal.FieldErrors!).Key);
    }

    [Fact]
    public void Score_WithEverything_CarriesEverything()
    {
        var contract = new ScoreRequest { Inputs = Callers.Texts("a", "b"), Model = "m", Version = 2 };

        var request = new ScoreMapper(Callers.Reader).ToRequest(contract, Callers.InAHurry);

        Assert.Equal(["a", "b"], request.Texts);
        Assert.Equal(("m", 2, TimeSpan.FromMilliseconds(250), RowPriority.High), (request.Model, request.Version, request.Timeout, request.Priority));
    }
}
