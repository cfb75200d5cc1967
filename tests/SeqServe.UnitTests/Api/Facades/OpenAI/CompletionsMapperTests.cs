using SeqServe.Api.Facades.OpenAI;
using SeqServe.Api.Facades.OpenAI.Contracts;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling.Completions;

namespace SeqServe.UnitTests.Api.Facades.OpenAI;

public class CompletionsMapperTests
{
    [Fact]
    public void ToRequest_WithPromptAlone_HasTheDocumentedDefaults()
    {
        var request = Map(new CompletionsRequest { Prompt = Callers.OnePrompt("a") });

        Assert.Equal((1, false, null), (request.Choices, request.Echo, request.LogProbabilities));
        Assert.Equal((null, null, null), (request.Sampling.Temperature, request.Sampling.TopP, request.Sampling.TopK));
        Assert.Empty(request.Stops);
    }

    [Fact]
    public void ToRequest_WithEverything_CarriesEverything()
    {
        var contract = new CompletionsRequest
        {
            Prompt = Callers.OnePrompt("a"),
            Model = "m",
            MaxTokens = 3,
            N = 2,
            BestOf = 2,
            Temperature = 0.5,
            TopK = 4,
            Logprobs = 5,
            Echo = true,
            Seed = 42,
            Stop = Callers.Texts(".", "!"),
            LogitBias = new Dictionary<int, double> { [3] = -100 },
            Suffix = "",
        };

        var request = Map(contract);

        Assert.Equal(("m", 3, 2, 5, true, 42L), (request.Model, request.MaxTokens, request.Choices, request.LogProbabilities, request.Echo, request.Seed));
        Assert.Equal([".", "!"], request.Stops);
        Assert.Equal(-100, request.Sampling.LogitBias![3]);
        Assert.Equal((TimeSpan.FromMilliseconds(250), RowPriority.High), (request.Timeout, request.Priority));
    }

    public static TheoryData<string, CompletionsRequest> Refused => new()
    {
        { "best_of", new() { Prompt = Callers.OnePrompt("a"), BestOf = 2 } },
        { "suffix", new() { Prompt = Callers.OnePrompt("a"), Suffix = "b" } },
        { "stream_options", new() { Prompt = Callers.OnePrompt("a"), StreamOptions = new() } },
        { "stream_options", new() { Prompt = Callers.OnePrompt("a"), Stream = true, StreamOptions = new() { IncludeObfuscation = true } } },
        { "stop", new() { Prompt = Callers.OnePrompt("a"), Stop = Callers.Texts("1", "2", "3", "4", "5") } },
        { "stop", new() { Prompt = Callers.OnePrompt("a"), Stop = Callers.Texts("") } },
        { "top_p", new() { Prompt = Callers.OnePrompt("a"), TopP = 1.5 } },
        { "logit_bias", new() { Prompt = Callers.OnePrompt("a"), LogitBias = new Dictionary<int, double> { [1] = 101 } } },
        { "prompt", new() },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void ToRequest_OfWhatIsNotSupported_IsRefusedByName(string field, CompletionsRequest contract)
    {
        var refusal = Assert.Throws<ServingException>(() => Map(contract));

        Assert.Equal((ServingErrorCode.InvalidRequest, field), (refusal.Code, Assert.Single(refusal.FieldErrors!).Key));
    }

    private static CompletionRequest Map(CompletionsRequest contract) => new CompletionsMapper(Callers.Reader).ToRequest(contract, Callers.InAHurry);
}
