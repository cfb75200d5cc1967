using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.Onnx.Isolation;

/// <summary>A process with an open graph. It computes one run at a time; <see cref="Kill"/> and <see cref="Dispose"/> are safe from any thread.</summary>
internal sealed class GraphWorker : IDisposable
{
    private readonly WorkerProcess _process;
    private volatile bool _isKilled;
    private volatile bool _isBroken;

    /// <summary>Starts the process.</summary>
    /// <param name="launch">The program.</param>
    /// <param name="owner">The model, for the log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="ended">Called once, on a thread of its own, when the process has ended, whoever ended it.</param>
    /// <exception cref="BackendException">It cannot be started.</exception>
    public GraphWorker(WorkerLaunch launch, string owner, TimeProvider time, ILogger logger, Action<GraphWorker> ended) =>
        _process = WorkerProcess.Start(launch, owner, time, logger, () => ended(this));

    /// <summary>The process's number in the system.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Whether it can run nothing more.</summary>
    public bool IsLost => _isBroken || _isKilled || _process.HasEnded;

    /// <summary>How it has ended, after a moment's wait for the end.</summary>
    public ProcessEnd End => _process.End();

    /// <summary>Opens the graph. Once, before anything else.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="limit">How long that may take.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="BackendException">It cannot be opened; the message says why.</exception>
    public OpenedGraph Open(GraphToOpen graph, TimeSpan limit, TimeProvider time)
    {
        using var timer = time.CreateTimer(_ => Kill(), null, limit, Timeout.InfiniteTimeSpan);
        try
        {
            _process.Channel.Send(MessageKind.Open, graph.Write());
            using var answer = _process.Channel.Receive();
            return answer.Kind switch
            {
                MessageKind.Opened => OpenedGraph.Read(answer.Read()),
                MessageKind.Failed => throw answer.ReadFailure(),
                _ => throw new InvalidDataException($"{answer.Kind} is no answer to {MessageKind.Open}."),
            };
        }
        catch (Exception e) when (IsOfTheChannel(e))
        {
            throw _isKilled
                ? new BackendException($"The model's process was ended before it had opened the graph, for which it has {limit.TotalSeconds} s.", e)
                : Lost(e, "while it opened the graph", "");
        }
    }

    /// <summary>Runs the graph on the process.</summary>
    /// <param name="inputs">As for <see cref="ITensorBackend.Run"/>.</param>
    /// <param name="outputs">As for <see cref="ITensorBackend.Run"/>.</param>
    /// <returns>The outputs, or null where the process had ended before it had all of the inputs: they are not what it died of.</returns>
    /// <exception cref="BackendException">The run failed, or has ended the process.</exception>
    public TensorOutputs? Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs)
    {
        var hasStarted = false;
        try
        {
            Send(inputs, outputs);
            Expect(MessageKind.Started);
            hasStarted = true;
            return Read(_process.Channel.Receive(), outputs);
        }
        catch (Exception e) when (!hasStarted && !_isKilled && (e is IOException or ObjectDisposedException))
        {
            _isBroken = true;
            return null;
        }
        catch (Exception e) when (IsOfTheChannel(e))
        {
            throw Lost(e, "in a run", " on this input; it is being restarted. Send another input");
        }
    }

    /// <summary>Ends the process, and with it a run that goes on: its caller gets a <see cref="BackendException"/> at once.</summary>
    public void Kill()
    {
        _isKilled = true;
        _process.Kill();
    }

    /// <summary>Ends the process, and returns when it is gone.</summary>
    public void Dispose() => _process.Dispose();

    // An unload may close the streams while a run still reads.
    private static bool IsOfTheChannel(Exception e) => e is IOException or InvalidDataException or ObjectDisposedException or NotSupportedException;

    private void Send(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs)
    {
        try
        {
            _process.Channel.SendRun(inputs, outputs);
        }
        catch (InvalidDataException e)
        {
            // Too much for a message, of which nothing has been sent.
            throw new BackendException(e.Message, e);
        }
    }

    private void Expect(MessageKind kind)
    {
        using var message = _process.Channel.Receive();
        if (message.Kind != kind)
            throw new InvalidDataException($"{message.Kind} came in place of {kind}.");
    }

    private static TensorOutputs Read(Message answer, IReadOnlyList<string> outputs)
    {
        try
        {
            if (answer.Kind == MessageKind.Failed)
                throw answer.ReadFailure();
            var header = answer.Read();
            var tensors = answer.Kind == MessageKind.Outputs ? TensorMessages.Read(ref header, answer.Data?.Memory ?? default) : [];
            return tensors.Select(tensor => tensor.Name).SequenceEqual(outputs, StringComparer.Ordinal)
                ? new TensorOutputs(tensors, answer.Data)
                : throw new InvalidDataException($"{answer.Kind} holds other outputs than {string.Join(", ", outputs)}.");
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private BackendException Lost(Exception cause, string when, string remedy)
    {
        _isBroken = true;
        if (_isKilled)
            return new BackendException($"The model's process was ended {when}.", cause) { EndedProcess = true, CallerReason = "The server ended the run." };
        // What has sent what is no message cannot be understood any more.
        var said = cause is InvalidDataException ? $"gave an answer that cannot be read: {cause.Message.TrimEnd('.')}" : $"ended ({_process.End().Cause})";
        if (cause is InvalidDataException)
            _process.Kill();
        return new BackendException($"The model's process {said} {when}.", cause)
        {
            EndedProcess = true,
            CallerReason = $"The model's process {(cause is InvalidDataException ? "gave an answer that cannot be read" : said)}{remedy}.",
        };
    }
}
