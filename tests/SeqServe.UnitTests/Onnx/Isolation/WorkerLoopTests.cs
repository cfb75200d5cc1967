using System.Runtime.InteropServices;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx;
using SeqServe.Onnx.Isolation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Isolation;

public class WorkerLoopTests
{
    private static readonly GraphToOpen s_graph = new(
        "/models/x/1/model.onnx", new InstanceOptions { Device = "cpu", IntraOpThreads = 3, Sessions = 4 }, new OnnxOptions { Device = "auto", Threads = 5 });

    [Fact]
    public void Run_OfAGraph_OpensItAsAskedAndAnswersUntilTheServerIsGone()
    {
        GraphToOpen? opened = null;
        using var backend = new FakeTensorBackend();

        var answers = Answers(graph => { opened = graph; return backend; }, Run("y"), Run("y"));

        Assert.Equal(
            [MessageKind.Opened, MessageKind.Started, MessageKind.Outputs, MessageKind.Started, MessageKind.Outputs], answers.Select(answer => answer.Kind));
        Assert.Equal((s_graph.Path, s_graph.Options.Device, 5), (opened!.Path, opened.Options.Device, opened.Options.Threads));
        Assert.Equal(("cpu", 3, 1), (opened.Instances.Device, opened.Instances.IntraOpThreads, opened.Instances.Sessions));
        var header = answers[2].Read();
        var output = Assert.Single(TensorMessages.Read(ref header, answers[2].Data!.Memory));
        Assert.Equal([2f, 3], MemoryMarshal.Cast<byte, float>(output.Data.Span).ToArray());
        Assert.Equal((0, 1), (backend.Outstanding, backend.Disposals));
    }

    [Fact]
    public void Run_ThatFails_SaysWhyAndGoesOn()
    {
        using var backend = new FakeTensorBackend();
        var fails = true;
        backend.OnRun = () =>
        {
            if (!fails)
                return;
            fails = false;
            throw new BackendException("index out of range") { CallerReason = "i is out of range", InputsAtFault = ["i", "j"] };
        };

        var answers = Answers(_ => backend, Run("y"), Run("y"));

        Assert.Equal(
            [MessageKind.Opened, MessageKind.Started, MessageKind.Failed, MessageKind.Started, MessageKind.Outputs], answers.Select(answer => answer.Kind));
        var failure = answers[2].ReadFailure();
        Assert.Equal(("index out of range", "i is out of range"), (failure.Message, failure.CallerReason));
        Assert.Equal(["i", "j"], failure.InputsAtFault);
    }

    [Fact]
    public void Run_ThatFailsUnexpectedly_SaysOfWhatKindItWas()
    {
        using var backend = new FakeTensorBackend { OnRun = () => throw new OverflowException("too large") };

        var failure = Answers(_ => backend, Run("y"))[2].ReadFailure();

        Assert.Equal(("OverflowException: too large", null), (failure.Message, failure.CallerReason));
    }

    [Fact]
    public void Open_ThatFails_SaysWhyAndEnds()
    {
        var answers = Answers(_ => throw new BackendException("no graph"), Run("y"));

        Assert.Equal("no graph", Assert.Single(answers).ReadFailure().Message);
    }

    private static Action<Channel> Run(params string[] outputs) => channel =>
        channel.SendRun(
            [new Tensor("x", TensorDatatype.Fp32, [1, 2], MemoryMarshal.AsBytes<float>(new float[] { 1, 2 }).ToArray())], outputs);

    private static List<Message> Answers(Func<GraphToOpen, ITensorBackend> open, params Action<Channel>[] requests)
    {
        using var asked = new MemoryStream();
        using var answered = new MemoryStream();
        var server = new Channel(Stream.Null, asked);
        server.Send(MessageKind.Open, s_graph.Write());
        foreach (var request in requests)
            request(server);
        asked.Position = 0;

        new WorkerLoop(new Channel(asked, answered), open).Run();

        answered.Position = 0;
        var reader = new Channel(answered, Stream.Null);
        var answers = new List<Message>();
        try
        {
            while (true)
                answers.Add(reader.Receive());
        }
        catch (EndOfStreamException)
        {
            return answers;
        }
    }
}
