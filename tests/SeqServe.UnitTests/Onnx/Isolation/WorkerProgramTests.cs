using System.Diagnostics;
using SeqServe.Api.Hosting;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx;
using SeqServe.Onnx.Isolation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Isolation;

/// <summary>The process without the server's side, which is closed as the system does it when a server dies.</summary>
public sealed class WorkerProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly Channel _channel;

    public WorkerProgramTests()
    {
        var launch = WorkerCommand.Launch();
        var start = new ProcessStartInfo(launch.Program, launch.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _channel = new Channel(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream);
        var options = new OnnxOptions { Device = "cpu", Threads = 1 };
        _channel.Send(MessageKind.Open, new GraphToOpen(_folder.Write("model.onnx", IsolatedGraph.Counter), new InstanceOptions(), options).Write());
        using var opened = _channel.Receive();
        Assert.Equal(MessageKind.Opened, opened.Kind);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Process_WithNothingToDo_EndsWithItsServer()
    {
        _process.StandardInput.Close();

        await Patience.Wait(_process.WaitForExitAsync());
    }

    [Fact]
    public async Task Process_InARunWithoutEnd_EndsWithItsServer()
    {
        _channel.SendRun([new Tensor("n", TensorDatatype.Int64, [], BitConverter.GetBytes(long.MaxValue))], ["sum"]);
        using (var started = _channel.Receive())
            Assert.Equal(MessageKind.Started, started.Kind);

        _process.StandardInput.Close();

        await Patience.Wait(_process.WaitForExitAsync());
        Assert.Equal(0, _process.ExitCode);
    }

    [Fact]
    public void Process_ToldToEndAsTheServerIs_AnswersUntilTheServerCloses()
    {
        foreach (var signal in new[] { "INT", "TERM", "HUP", "QUIT" })
        {
            using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
            kill.WaitForExit();
            Assert.Equal(0, kill.ExitCode);
        }

        _channel.SendRun([new Tensor("n", TensorDatatype.Int64, [], BitConverter.GetBytes(4L))], ["sum"]);

        using var started = _channel.Receive();
        using var outputs = _channel.Receive();
        Assert.Equal((MessageKind.Started, MessageKind.Outputs), (started.Kind, outputs.Kind));
    }
}
