using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Rest;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Rest;

public sealed class InferBodyTests
{
    private const int Promised = 60_000_000;
    private const string Small = """{"inputs": [{"name": "x", "datatype": "INT32", "shape": [3], "data": [1, 2, 3]}]}""";

    private readonly BodyBudget _budget = new(1L << 40);
    private readonly InferBody _body = new(Options.Create(new SeqServeOptions()));

    [Fact]
    public void Read_ManyJsonBodiesThatPromiseMuch_TakeMemoryForWhatHasArrived()
    {
        var bodies = Enumerable.Range(0, 200).Select(_ => new SentBody(Promised)).ToList();

        var reads = bodies.ConvertAll(body => Read(body));
        Assert.Equal(0, _budget.Reserved);
        bodies.ForEach(body => body.Send("{"u8));

        Assert.All(reads, read => Assert.False(read.IsCompleted));
        Assert.Equal(200L * BodySource.FirstBytes, _budget.Reserved);
    }

    [Fact]
    public void Read_ManyBinaryTensorsThatPromiseMuch_TakeMemoryForWhatHasArrived()
    {
        var json = Binary("FP32", Promised / 4, Promised);
        var bodies = Enumerable.Range(0, 200).Select(_ => new SentBody(json.Length + Promised, (InferBody.JsonLengthHeader, Text(json.Length)))).ToList();

        var reads = bodies.ConvertAll(body => Read(body));
        bodies.ForEach(body => body.Send(json).Send("x"u8));

        Assert.All(reads, read => Assert.False(read.IsCompleted));
        Assert.InRange(_budget.Reserved, 200L * BodySource.FirstBytes, 200L * (BodySource.FirstBytes + 1024));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(50_000)]
    [InlineData(300_000)]
    public async Task Read_BodyThatArrivesInPieces_TakesAtMostTwiceWhatHasArrived(int piece)
    {
        byte[] json = [.. Encoding.UTF8.GetBytes(Small), .. Enumerable.Repeat((byte)' ', 2_000_000)];
        var body = new SentBody(json.Length);
        var read = Read(body);

        for (var sent = 0; sent < json.Length;)
        {
            var next = Math.Min(piece, json.Length - sent);
            body.Send(json.AsSpan(sent, next));
            sent += next;
            // The pool rounds up to the next power of two, which is less than twice the bytes.
            Assert.InRange(_budget.Reserved, sent, Math.Max(BodySource.FirstBytes, 2L * sent));
        }

        body.End();
        Assert.Equal([3L], Assert.Single((await read).Inputs).Shape);
    }

    [Fact]
    public async Task Read_MoreThanTheBudget_IsOverloadedAndLeavesTheRestToTheServer()
    {
        var budget = new BodyBudget(3 * BodySource.FirstBytes);
        var (first, second) = (new SentBody(Promised), new SentBody(Promised));
        using var memory = new InferMemory(budget);
        var held = _body.ReadAsync(first.Send(new byte[100_000]).Request, memory, static _ => { }, CancellationToken.None).AsTask();
        using var other = new InferMemory(budget);
        var refused = _body.ReadAsync(second.Send(new byte[100_000]).Request, other, static _ => { }, CancellationToken.None).AsTask();

        var refusal = await Assert.ThrowsAsync<ServingException>(() => refused);

        Assert.Equal((ServingErrorCode.Overloaded, true), (refusal.Code, refusal.RetryAfter is not null));
        Assert.Equal((2L * BodySource.FirstBytes, false), (budget.Reserved, held.IsCompleted));
        Assert.True(second.Send("more"u8).Reader.TryRead(out var rest));
        Assert.Equal(4, rest.Buffer.Length);
    }

    [Fact]
    public async Task Read_JsonAndBinary_AreTheTensors()
    {
        var json = Encoding.UTF8.GetBytes(
            """
            {"inputs": [
              {"name": "a", "datatype": "INT32", "shape": [2], "parameters": {"binary_data_size": 8}},
              {"name": "b", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": 6}},
              {"name": "c", "datatype": "INT32", "shape": [1], "data": [7]}]}
            """);
        var body = new SentBody(null, (InferBody.JsonLengthHeader, Text(json.Length)));

        var read = Read(body);
        body.Send(json).Send([1, 0, 0, 0, 2, 0]).Send([0, 0, 2, 0, 0, 0]).Send("hi"u8).End();
        var (_, inputs) = await read;

        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0], inputs[0].Data.ToArray());
        Assert.Equal("hi"u8.ToArray(), Assert.Single(inputs[1].Strings).ToArray());
        Assert.Equal([7, 0, 0, 0], inputs[2].Data.ToArray());
    }

    [Fact]
    public async Task Read_BinaryThatIsNotAdmitted_IsRefusedBeforeItIsRead()
    {
        var json = Binary("FP32", Promised / 4, Promised);
        var body = new SentBody(json.Length + Promised, (InferBody.JsonLengthHeader, Text(json.Length))).Send(json);

        var refusal = await Assert.ThrowsAsync<ServingException>(() => Read(body, admit: request =>
        {
            Assert.Equal("x", Assert.Single(request.Inputs).Name);
            throw new ServingException(ServingErrorCode.Overloaded, "Full.");
        }));

        Assert.Equal("Full.", refusal.Message);
    }

    [Fact]
    public async Task Read_JsonOnly_IsNotAdmittedTwice()
    {
        var (_, inputs) = await Read(new SentBody().Send(Encoding.UTF8.GetBytes(Small)).End(), admit: _ => Assert.Fail("There is no binary data."));

        Assert.Equal(("x", TensorDatatype.Int32), (inputs[0].Name, inputs[0].Datatype));
    }

    [Theory]
    [InlineData("FP32", 2, 7, "has 8 bytes, binary_data_size is 7")]
    [InlineData("FP32", 2, 8, "ends 5 bytes too early")]
    [InlineData("BYTES", 2, 3, "in the middle of element 0")]
    public async Task Read_BinaryThatDoesNotFit_IsRefused(string datatype, int elements, int size, string part)
    {
        var json = Binary(datatype, elements, size);
        var body = new SentBody(null, (InferBody.JsonLengthHeader, Text(json.Length))).Send(json).Send([1, 2, 3]).End();

        Assert.Contains(part, (await Assert.ThrowsAsync<ServingException>(() => Read(body))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"inputs": [{"datatype": "FP32", "shape": [1], "data": [1]}]}""", "inputs[0]: name is missing")]
    [InlineData("""{"inputs": [{"name": "x", "datatype": "FP32", "data": [1]}]}""", "input \"x\": shape is missing")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [1], "data": [1]}]}""", "input \"x\": datatype is missing")]
    [InlineData("""{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1]}]}""", "input \"x\": data is missing")]
    [InlineData("""{"inputs": [{"name": "x", "datatype": "FP32", "shape": [2], "data": [1]}]}""", "the shape [2] has 2 elements, data has 1")]
    [InlineData("""{"inputs": [{"name": "x", "datatype": "FP32", "shape": [65536, 65536], "data": []}]}""", "more elements than the limit of 2147483591")]
    public async Task Read_InputThatIsNotWhole_IsRefusedByItsName(string json, string part) => Assert.Contains(
        part,
        (await Assert.ThrowsAsync<ServingException>(() => Read(new SentBody().Send(Encoding.UTF8.GetBytes(json)).End()))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(2000L)]
    [InlineData(null)]
    public async Task Read_BodyAboveTheLimit_IsTooLarge(long? announced)
    {
        var body = new InferBody(Options.Create(new SeqServeOptions { MaxTensorRequestBytes = 1024 }));
        using var memory = new InferMemory(_budget);

        var refusal = await Assert.ThrowsAsync<ServingException>(
            () => body.ReadAsync(new SentBody(announced).Send(new byte[2000]).Request, memory, static _ => { }, CancellationToken.None).AsTask());

        Assert.Equal(ServingErrorCode.PayloadTooLarge, refusal.Code);
        Assert.Contains("1024 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WhoseCallerLeaves_GivesBackWhatWasCounted()
    {
        using var leaving = new CancellationTokenSource();
        var memory = new InferMemory(_budget);
        var read = _body.ReadAsync(new SentBody(Promised).Send("{"u8).Request, memory, static _ => { }, leaving.Token).AsTask();
        Assert.Equal(BodySource.FirstBytes, _budget.Reserved);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        memory.Dispose();

        Assert.Equal(0, _budget.Reserved);
    }

    private async Task<(InferRequest Request, Tensor[] Inputs)> Read(SentBody body, Action<InferRequest>? admit = null) =>
        await _body.ReadAsync(body.Request, new InferMemory(_budget), admit ?? (static _ => { }), CancellationToken.None);

    private static byte[] Binary(string datatype, int elements, int size) => Encoding.UTF8.GetBytes(
        $$$"""{"inputs": [{"name": "x", "datatype": "{{{datatype}}}", "shape": [{{{elements}}}], "parameters": {"binary_data_size": {{{size}}}}}]}""");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
