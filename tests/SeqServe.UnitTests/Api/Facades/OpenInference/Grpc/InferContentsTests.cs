using System.Runtime.InteropServices;
using Google.Protobuf;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Core.Errors;
using static SeqServe.Api.Facades.OpenInference.Grpc.Protocol.ModelInferRequest.Types;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Grpc;

public sealed class InferContentsTests
{
    private readonly BodyBudget _budget = new(1 << 20);

    [Fact]
    public void Inputs_TypedContents_AreTheirBytesAndCounted()
    {
        var request = new ModelInferRequest { Inputs = { Input("INT16", 3, new InferTensorContents { IntContents = { 1, -2, short.MaxValue } }) } };

        var tensor = Assert.Single(Inputs(request));

        Assert.Equal([1, -2, short.MaxValue], MemoryMarshal.Cast<byte, short>(tensor.Data.Span).ToArray());
        Assert.Equal(6, _budget.Reserved);
    }

    [Fact]
    public void Inputs_RawContents_AreNotCopied()
    {
        byte[] raw = [1, 0, 0, 0];
        var request = new ModelInferRequest { Inputs = { Input("INT32", 1) }, RawInputContents = { UnsafeByteOperations.UnsafeWrap(raw) } };

        var tensor = Assert.Single(Inputs(request));
        raw[0] = 2;

        Assert.Equal([2, 0, 0, 0], tensor.Data.ToArray());
        Assert.Equal(0, _budget.Reserved);
    }

    [Fact]
    public void Inputs_Strings_AreThoseSentAndCounted()
    {
        var contents = new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8("a"), ByteString.Empty } };
        var request = new ModelInferRequest { Inputs = { Input("BYTES", 2, contents) } };

        Assert.Equal([[(byte)'a'], []], Assert.Single(Inputs(request)).Strings.Select(s => s.ToArray()));
        Assert.Equal(32, _budget.Reserved);
    }

    [Fact]
    public void Inputs_MoreThanThereIsMemoryFor_IsRefused()
    {
        var request = new ModelInferRequest { Inputs = { Input("FP64", 200_000, new InferTensorContents { Fp64Contents = { new double[200_000] } }) } };

        Assert.Equal(ServingErrorCode.PayloadTooLarge, Assert.Throws<ServingException>(() => Inputs(request)).Code);
    }

    [Theory]
    [InlineData("FLOAT", 1, "has the datatype \"FLOAT\"; send one of BOOL, INT8")]
    [InlineData("INT8", -1, "has the shape [-1]; no axis may be negative, and the limit is 2147483591 elements")]
    [InlineData("INT8", 1, "has an element that INT8 cannot hold")]
    [InlineData("INT8", 2, "has 1 elements in the contents of INT8; the shape [2] takes 2")]
    [InlineData("BF16", 1, "is BF16, which has no typed contents; send it in raw_input_contents")]
    public void Inputs_ThatDoNotFit_AreRefusedByTheirName(string datatype, long size, string part)
    {
        var request = new ModelInferRequest { Inputs = { Input(datatype, size, new InferTensorContents { IntContents = { 200 } }) } };

        Assert.StartsWith($"input \"x\": {part}", Assert.Throws<ServingException>(() => Inputs(request)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_OfLongNamesOrManyAxes_AreRefusedInFewWords()
    {
        var named = new InferInputTensor { Name = new string('n', 100_000), Datatype = new string('d', 100_000) };
        var longer = new InferInputTensor { Name = new string('n', 1025), Datatype = "INT8", Shape = { 1 } };
        var shaped = new InferInputTensor { Name = "x", Datatype = "INT8", Shape = { Enumerable.Repeat(1L, 65) } };

        Assert.InRange(Assert.Throws<ServingException>(() => Inputs(new ModelInferRequest { Inputs = { named } })).Message.Length, 1, 400);
        Assert.EndsWith(
            "has a name of more characters than the limit of 1024",
            Assert.Throws<ServingException>(() => Inputs(new ModelInferRequest { Inputs = { longer } })).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            "input \"x\": has a shape of more axes than the limit of 64",
            Assert.Throws<ServingException>(() => Inputs(new ModelInferRequest { Inputs = { shaped } })).Message);
    }

    [Fact]
    public void Inputs_MoreThanTheLimit_AreRefused()
    {
        var request = new ModelInferRequest { Inputs = { Enumerable.Range(0, 1025).Select(_ => new InferInputTensor()) } };

        Assert.Contains("at most 1024", Assert.Throws<ServingException>(() => Inputs(request)).Message, StringComparison.Ordinal);
    }

    private static InferInputTensor Input(string datatype, long size, InferTensorContents? contents = null) =>
        new() { Name = "x", Datatype = datatype, Shape = { size }, Contents = contents };

    private SeqServe.Core.Tensors.Tensor[] Inputs(ModelInferRequest request) => InferRequests.Inputs(request, _budget.Begin());
}
