using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SeqServe.Attack.Server;

/// <summary>A server of its own: started on free ports of this machine alone, watched, stopped by SIGTERM.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>What the server is told about its drain.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);

    private readonly IReadOnlyList<string> _command;
    private readonly Dictionary<string, string> _environment;
    private readonly List<Process> _ended = [];
    private Process? _process;
    private Task _reading = Task.CompletedTask;

    /// <param name="command">A program and its arguments.</param>
    /// <param name="models">The folder of the models.</param>
    /// <param name="log">What reads its console.</param>
    public ServerProcess(IReadOnlyList<string> command, string models, LogWatch log)
    {
        _command = command;
        Log = log;
        var (http, grpc) = FreePorts();
        Http = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}"));
        Grpc = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{grpc}"));
        _environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = Http.ToString(),
            ["SeqServe__GrpcPort"] = grpc.ToString(CultureInfo.InvariantCulture),
            ["SeqServe__ModelRepository"] = models,
            ["SeqServe__OpenAdmin"] = "true",
            ["SeqServe__RepositoryPollInterval"] = "00:00:01",
            ["SeqServe__DrainTimeout"] = DrainTimeout.ToString(),
            // Measured plans would make memory and speed depend on the machine's load at the start.
            ["SeqServe__MeasurePlans"] = "false",
            ["SeqServe__PlanCache"] = "",
            ["SeqServe__StateKey"] = "the key of the attack",
            ["SeqServe__LogFormat"] = "Text",
        };
    }

    public Uri Http { get; }

    public Uri Grpc { get; }

    public LogWatch Log { get; }

    /// <summary>Its process id, or null when it does not run.</summary>
    public int? Pid => _process is { HasExited: false } running ? running.Id : null;

    /// <summary>How it ended, or null while it runs.</summary>
    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time.</exception>
    public async Task StartAsync()
    {
        // Kept until the end: others may be looking at it.
        if (_process is not null)
            _ended.Add(_process);
        var start = new ProcessStartInfo(_command[0], _command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_command[0]} cannot be started.");
        _reading = Task.WhenAll(Log.ReadAsync(_process.StandardOutput.BaseStream), Log.ReadAsync(_process.StandardError.BaseStream));
        using var client = new HttpClient();
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(client))
        {
            if (ExitCode is { } code)
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The server ended at its start with {code}."));
            if (Stopwatch.GetElapsedTime(started) > s_startLimit)
                throw new InvalidOperationException("The server was not ready in time.");
            await Task.Delay(s_poll, TimeProvider.System);
        }
    }

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    /// <param name="limit">How long; then it is killed.</param>
    /// <returns>How long it took and with which code it ended; no code when it had to be killed.</returns>
    public async Task<(TimeSpan Took, int? Code)> StopAsync(TimeSpan limit)
    {
        var process = _process ?? throw new InvalidOperationException("The server was not started.");
        var started = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return (Stopwatch.GetElapsedTime(started), null);
        }

        var took = Stopwatch.GetElapsedTime(started);
        await _reading;
        return (took, process.ExitCode);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false } running)
            running.Kill(entireProcessTree: true);
        _process?.Dispose();
        _ended.ForEach(static process => process.Dispose());
    }

    private async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(Http, "/health/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // Both are held until both are known: else the second may be the first.
    private static (int Http, int Grpc) FreePorts()
    {
        using var http = new TcpListener(IPAddress.Loopback, 0);
        using var grpc = new TcpListener(IPAddress.Loopback, 0);
        http.Start();
        grpc.Start();
        return (((IPEndPoint)http.LocalEndpoint).Port, ((IPEndPoint)grpc.LocalEndpoint).Port);
    }
}
