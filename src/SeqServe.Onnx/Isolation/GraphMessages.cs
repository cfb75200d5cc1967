using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.Onnx.Isolation;

/// <summary>The graph that a process is asked to open, and how it runs.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Instances">The model's own settings.</param>
/// <param name="Options">Those of the server.</param>
internal sealed record GraphToOpen(string Path, InstanceOptions Instances, OnnxOptions Options)
{
    // 0 is outside of the range of threads.
    private const int NotSet = 0;

    public MessageWriter Write() => new MessageWriter()
        .Text(Path).Text(Instances.Device).Number(Instances.IntraOpThreads ?? NotSet)
        .Text(Options.Device).Number(Options.Threads).Number(Options.MaxRunBytes)
        .Number(Options.Cuda.AllowTf32 ? 1 : 0).Number(Options.Cuda.DeviceId).Number(Options.Cuda.MemoryLimit ?? NotSet).Number((int)Options.Cuda.ArenaGrowth);

    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public static GraphToOpen Read(MessageReader header)
    {
        var path = header.Text();
        var device = header.Text();
        var threads = (int)header.Number();
        // A process runs one request at a time, and more sessions would only take memory.
        var instances = new InstanceOptions { Device = device, Sessions = 1, IntraOpThreads = threads == NotSet ? null : threads };
        var options = new OnnxOptions { Device = header.Text(), Threads = (int)header.Number(), MaxRunBytes = header.Number(), Cuda = ReadCuda(ref header) };
        return new GraphToOpen(path, instances, options);
    }

    private static CudaOptions ReadCuda(ref MessageReader header)
    {
        var allowTf32 = header.Number() != 0;
        var device = (int)header.Number();
        var limit = header.Number();
        var growth = (ArenaGrowth)header.Number();
        return new CudaOptions { AllowTf32 = allowTf32, DeviceId = device, MemoryLimit = limit == NotSet ? null : limit, ArenaGrowth = growth };
    }
}

/// <summary>What a process says of the graph that it has opened.</summary>
/// <param name="Signature">What it takes and gives.</param>
/// <param name="IsRecurrent">As <see cref="ITensorBackend.IsRecurrent"/>.</param>
/// <param name="Device">The execution provider's name.</param>
/// <param name="ThreadsPerRun">CPU threads that one run takes.</param>
internal sealed record OpenedGraph(TensorSignature Signature, bool IsRecurrent, string Device, int ThreadsPerRun)
{
    public MessageWriter Write()
    {
        var header = new MessageWriter().Number(IsRecurrent ? 1 : 0).Text(Device).Number(ThreadsPerRun);
        TensorMessages.Write(header, Signature);
        return header;
    }

    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public static OpenedGraph Read(MessageReader header)
    {
        var isRecurrent = header.Number() != 0;
        var device = header.Text();
        var threads = (int)Math.Clamp(header.Number(), 1, int.MaxValue);
        return new OpenedGraph(TensorMessages.ReadSignature(ref header), isRecurrent, device, threads);
    }
}

/// <summary>What a run is to compute: names of outputs, and the inputs.</summary>
internal static class RunMessages
{
    /// <summary>Sends a run.</summary>
    /// <exception cref="InvalidDataException">The inputs are more than a message takes.</exception>
    /// <exception cref="IOException">The other side has closed its end.</exception>
    public static void SendRun(this Channel channel, IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs)
    {
        var header = new MessageWriter().Number(outputs.Count);
        foreach (var output in outputs)
            header.Text(output);
        var parts = TensorMessages.Write(header, inputs);
        channel.Send(MessageKind.Run, header, parts);
    }

    /// <summary>Reads a run.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static (Tensor[] Inputs, string[] Outputs) ReadRun(this Message message)
    {
        var header = message.Read();
        var outputs = new string[header.Count()];
        for (var i = 0; i < outputs.Length; i++)
            outputs[i] = header.Text();
        return (TensorMessages.Read(ref header, message.Data?.Memory ?? default), outputs);
    }

    /// <summary>Sends what a run has computed.</summary>
    /// <exception cref="InvalidDataException">The outputs are more than a message takes; nothing has been sent.</exception>
    public static void SendOutputs(this Channel channel, IReadOnlyList<Tensor> tensors)
    {
        var header = new MessageWriter();
        var parts = TensorMessages.Write(header, tensors);
        channel.Send(MessageKind.Outputs, header, parts);
    }

    /// <summary>Sends why a graph cannot be opened or a run has failed.</summary>
    public static void SendFailure(this Channel channel, BackendException failure)
    {
        var header = new MessageWriter()
            .Text(failure.Message).Text(failure.CallerReason ?? "").Text(failure.InputFault ?? "").Number(failure.IsMemoryTaken ? 1 : 0)
            .Number(failure.InputsAtFault.Count);
        foreach (var input in failure.InputsAtFault)
            header.Text(input);
        channel.Send(MessageKind.Failed, header);
    }

    /// <summary>The failure that a message tells of.</summary>
    public static BackendException ReadFailure(this Message message)
    {
        var header = message.Read();
        var text = header.Text();
        return new BackendException(text)
        {
            CallerReason = OrNull(header.Text()),
            InputFault = OrNull(header.Text()),
            IsMemoryTaken = header.Number() != 0,
            InputsAtFault = ReadNames(ref header),
        };
    }

    private static string[] ReadNames(ref MessageReader header)
    {
        var names = new string[header.Count()];
        for (var i = 0; i < names.Length; i++)
            names[i] = header.Text();
        return names;
    }

    private static string? OrNull(string text) => text.Length > 0 ? text : null;
}
