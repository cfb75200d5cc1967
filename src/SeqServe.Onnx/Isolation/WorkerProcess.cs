using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Onnx.Isolation;

/// <summary>A child process that speaks the protocol on its standard input and output. What it writes to standard error goes to the log.</summary>
internal sealed partial class WorkerProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    // What only the server needs: keys and secrets, which a graph that goes wrong must not find, and its addresses.
    private static readonly string[] s_serverVariables = ["SeqServe", "ASPNETCORE_", "Kestrel", "Serilog", "OTEL_"];

    private readonly Process _process;
    private readonly ErrorLines _errors;
    private readonly Action _ended;
    private readonly ManualResetEventSlim _hasEnded = new();
    private ProcessEnd? _end;

    private WorkerProcess(Process process, ErrorLines errors, Action ended)
    {
        _process = process;
        _errors = errors;
        _ended = ended;
        Id = process.Id;
        Channel = new Channel(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        new Thread(Watch, maxStackSize: 256 << 10) { IsBackground = true, Name = $"seqserve-worker-{Id}" }.Start();
    }

    /// <summary>Its number in the system.</summary>
    public int Id { get; }

    /// <summary>The protocol.</summary>
    public Channel Channel { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>Starts a process.</summary>
    /// <param name="launch">The program.</param>
    /// <param name="owner">The model, for the log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Receives what it writes to standard error.</param>
    /// <param name="ended">Called once, on a thread of its own, when it has ended.</param>
    /// <exception cref="BackendException">It cannot be started.</exception>
    public static WorkerProcess Start(WorkerLaunch launch, string owner, TimeProvider time, ILogger logger, Action ended)
    {
        var start = new ProcessStartInfo(launch.Program, launch.Arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfTheServer).ToList())
            start.Environment.Remove(name);
        // It is to start fast, and has nothing to profile; diagnostics would open a door to it.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_TC_QuickJit"] = "1";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        try
        {
            var process = Process.Start(start)!;
            return new WorkerProcess(process, new ErrorLines(line => Says(logger, owner, process.Id, line), time), ended);
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            throw new BackendException($"A process for the graph cannot be started: {e.Message}", e);
        }
    }

    /// <summary>Ends it at once. Safe from any thread, also when it has ended.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Waits a moment for the end of a process that has closed its side of the protocol, and ends it where that does not come.</summary>
    public ProcessEnd End()
    {
        if (!_hasEnded.Wait(s_patience))
        {
            Kill();
            _hasEnded.Wait(s_patience);
        }

        return Volatile.Read(ref _end) ?? new ProcessEnd(-1, "");
    }

    /// <summary>Ends it at once, and returns when it is gone.</summary>
    public void Dispose()
    {
        Kill();
        End();
        Channel.Dispose();
    }

    private static bool IsOfTheServer(string variable) =>
        s_serverVariables.Any(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private void Watch()
    {
        using (var errors = _process.StandardError.BaseStream)
        {
            var buffer = new byte[4096];
            while (Read(errors, buffer) is > 0 and var read)
                Log(lines => lines.Add(buffer.AsSpan(0, read)));
        }

        Log(static lines => lines.End());
        _process.WaitForExit();
        Volatile.Write(ref _end, new ProcessEnd(_process.ExitCode, _errors.Last));
        _hasEnded.Set();
        _process.Dispose();
        Log(_ => _ended());
    }

    private static int Read(Stream errors, byte[] buffer)
    {
        try
        {
            return errors.Read(buffer);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // A logger that throws must neither end the server nor stop the reading, without which the process would wait for ever.
    private void Log(Action<ErrorLines> log)
    {
        try
        {
            log(_errors);
        }
        catch (Exception)
        {
            // There is nowhere to say it.
        }
    }

    [LoggerMessage(EventIds.GraphProcessSays, LogLevel.Warning, "Model {Model}, process {Process}: {Line}")]
    private static partial void Says(ILogger logger, string model, int process, string line);
}
