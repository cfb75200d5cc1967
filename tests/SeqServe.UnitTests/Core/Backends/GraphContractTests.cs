using SeqServe.Core.Backends;

namespace SeqServe.UnitTests.Core.Backends;

public class GraphContractTests
{
    private static readonly Dictionary<string, string> s_none = [];

    [Fact]
    public void Named_NoNames_IsTheSame() => Assert.Same(ClassifierContract.Default, ClassifierContract.Default.Named(s_none, s_none));

    [Fact]
    public void Named_SomeParts_RenamesThemAndKeepsTheRest()
    {
        var (inputs, outputs) = (new Dictionary<string, string> { ["ids"] = "input_ids" }, new Dictionary<string, string> { ["logits"] = "scores" });

        var role = ClassifierContract.Default.Named(inputs, outputs).Roles[0];

        Assert.Equal(["input_ids", "lengths", "mask", "types", "positions"], role.Inputs.Select(part => part.Name));
        Assert.Equal("input_ids", role.Find(TensorMeaning.TokenIds)!.Name);
        Assert.Equal("scores", role.Output(ClassifierContract.Logits).Name);
        Assert.Equal("ids", ClassifierContract.Default.Roles[0].Input(EncoderContract.Ids).Name);
    }

    [Fact]
    public void Named_WithARole_CountsMoreThanWithout()
    {
        var contract = LanguageModelContract.Default.Named(new Dictionary<string, string> { ["tokens"] = "input_ids", ["score.tokens"] = "text" }, s_none);

        Assert.Equal("input_ids", contract.Role("model").Input(LanguageModelContract.Tokens).Name);
        Assert.Equal("text", contract.Role("score").Input(LanguageModelContract.Tokens).Name);
    }

    [Fact]
    public void Named_OneRoleOnly_LeavesTheOther()
    {
        var contract = TranslatorContract.Default.Named(new Dictionary<string, string> { ["encoder.src_len"] = "source_lengths" }, s_none);

        Assert.Equal("source_lengths", contract.Role("encoder").Input(TranslatorContract.SourceLengths).Name);
        Assert.Equal("src_len", contract.Role("decoder").Input(TranslatorContract.SourceLengths).Name);
    }

    [Theory]
    [InlineData("src_len", false, false)]
    [InlineData("decoder.src_len", false, true)]
    [InlineData("encoder.src_len", true, false)]
    [InlineData("past_len", false, true)]
    public void Named_ByItsKey_SaysOfWhichGraphItIsNamed(string key, bool encoder, bool decoder)
    {
        var contract = TranslatorContract.Default.Named(new Dictionary<string, string> { [key] = "n" }, s_none);

        Assert.Equal((encoder, decoder), (IsNamed("encoder"), IsNamed("decoder")));

        bool IsNamed(string role) => contract.Role(role).Inputs.Any(part => part.IsNamed);
    }

    [Theory]
    [InlineData("words", "ids, lengths, mask, types, positions")]
    [InlineData("model.ids", "ids, lengths, mask, types, positions")]
    [InlineData("logits", "ids, lengths, mask, types, positions")]
    public void Named_UnknownPart_NamesTheKnownOnes(string key, string known)
    {
        var refusal = Assert.Throws<BackendException>(() => ClassifierContract.Default.Named(new Dictionary<string, string> { [key] = "x" }, s_none)).Message;

        Assert.Contains($"\"{key}\"", refusal, StringComparison.Ordinal);
        Assert.Contains($"write one of {known}", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lengths", "ids")]
    [InlineData("ids", "lengths")]
    public void Named_OneTensorForTwoParts_IsRefused(string key, string name)
    {
        var refusal = Assert.Throws<BackendException>(() => ClassifierContract.Default.Named(new Dictionary<string, string> { [key] = name }, s_none)).Message;

        Assert.Contains($"\"{key}\" gives \"{name}\" to ids and lengths", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_NamesThatAreExchanged_AreTaken()
    {
        var role = ClassifierContract.Default.Named(new Dictionary<string, string> { ["ids"] = "lengths", ["lengths"] = "ids" }, s_none).Roles[0];

        Assert.Equal(["lengths", "ids", "mask", "types", "positions"], role.Inputs.Select(part => part.Name));
    }

    [Fact]
    public void Keys_SeveralGraphs_AreWithAndWithoutRole() => Assert.Equal(
        ["tokens", "lengths", "past_len", "mask", "positions", "use_past", "model.tokens", "model.lengths", "model.past_len", "model.mask", "model.positions",
            "model.use_past", "score.tokens", "score.lengths"],
        LanguageModelContract.Default.Keys(GraphSide.Input));

    [Theory]
    [InlineData("[B]", 1, false)]
    [InlineData("[B,T]", 2, false)]
    [InlineData("[B,h,P,d]", 4, false)]
    [InlineData("[B,…]", 2, true)]
    public void Rank_OfAShape_IsCounted(string shape, int rank, bool more)
    {
        var part = new GraphPart("x", SeqServe.Core.Tensors.TensorDatatype.Fp32, shape);

        Assert.Equal((rank, more), (part.Rank, part.HasMoreAxes));
    }
}
