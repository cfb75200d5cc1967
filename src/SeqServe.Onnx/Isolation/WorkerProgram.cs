using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Providers;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Isolation;

/// <summary>What runs in a process of a graph.</summary>
public static class WorkerProgram
{
    // A terminal, or what manages a service, sends these to all processes of the server. The server answers what it has taken first, and then closes the pipe.
    private static readonly PosixSignal[] s_forTheServer = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    /// <summary>Opens the graph that the server names on standard input, and runs it for what comes, until the server closes its end or has died.</summary>
    /// <param name="more">Execution providers beside those of SeqServe.</param>
    /// <returns>The exit code.</returns>
    public static int Run(params IReadOnlyList<IExecutionProvider> more)
    {
        using var channel = WorkerStreams.Take();
        WorkerStreams.Harden();
        var ignored = s_forTheServer.Select(signal => PosixSignalRegistration.Create(signal, static context => context.Cancel = true)).ToList();
        try
        {
            new WorkerLoop(channel, graph => Open(graph, more)).Run();
            return 0;
        }
        finally
        {
            ignored.ForEach(registration => registration.Dispose());
        }
    }

    private static ITensorBackend Open(GraphToOpen graph, IReadOnlyList<IExecutionProvider> more)
    {
        var providers = new ExecutionProviders(
            [new CpuProvider(), new CudaProvider(() => graph.Options), .. more], graph.Options, new StandardErrorLog<ExecutionProviders>());
        var sessions = new SessionFactory(graph.Options, providers, new StandardErrorLog<SessionFactory>());
        return (ITensorBackend)new TensorBinding().Open(new GraphSet(GraphContract.Any, graph.Path) { Instances = graph.Instances }, sessions);
    }

    // Warnings and worse: the server's log has a line of its own for what goes well.
    private sealed class StandardErrorLog<T> : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Console.Error.WriteLine(exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception.Message}");
        }
    }
}
