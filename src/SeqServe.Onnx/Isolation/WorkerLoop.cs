using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Isolation;

/// <summary>The process's side of the protocol.</summary>
/// <param name="channel">To the server; not owned.</param>
/// <param name="open">Opens the graph; throws a <see cref="BackendException"/> where that fails.</param>
internal sealed class WorkerLoop(Channel channel, Func<GraphToOpen, ITensorBackend> open)
{
    /// <summary>Opens the graph and answers runs until the server has closed its end.</summary>
    public void Run()
    {
        try
        {
            using var graph = Open();
            while (graph is not null)
                Answer(graph);
        }
        catch (IOException)
        {
            // The server wants nothing more.
        }
    }

    private ITensorBackend? Open()
    {
        using var message = channel.Receive();
        ITensorBackend graph;
        try
        {
            graph = open(GraphToOpen.Read(message.Read()));
        }
        catch (Exception e)
        {
            channel.SendFailure(Failure(e));
            return null;
        }

        channel.Send(MessageKind.Opened, new OpenedGraph(graph.Signature, graph.IsRecurrent, graph.Device, graph.ThreadsPerRun).Write());
        return graph;
    }

    private void Answer(ITensorBackend graph)
    {
        using var message = channel.Receive();
        try
        {
            var (inputs, names) = message.ReadRun();
            channel.Send(MessageKind.Started);
            using var outputs = graph.Run(inputs, names);
            channel.SendOutputs(outputs.Tensors);
        }
        catch (Exception e) when (e is not IOException)
        {
            channel.SendFailure(Failure(e));
        }
    }

    // What is no failure of the backend has nothing in its message that says what it is.
    private static BackendException Failure(Exception e) => e as BackendException ?? new BackendException($"{e.GetType().Name}: {e.Message}", e);
}
