using System.Globalization;
using System.Net;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Server;

/// <summary>The attacked server: one of the run's own, which is started again when it dies, or one that runs already.</summary>
/// <param name="options">Where and what it is.</param>
/// <param name="own">The run's own, or null.</param>
/// <param name="models">Its model folder, or null.</param>
internal sealed class AttackTarget(AttackOptions options, ServerProcess? own, AttackModels? models) : IDisposable
{
    private const int MostDeaths = 5;

    private static readonly TimeSpan s_deathTakes = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _deaths;

    public Uri Http { get; } = own?.Http ?? options.Url!;

    public Uri? Grpc { get; } = own is null ? options.Grpc : own.Grpc;

    public ServerProcess? Own => own;

    public AttackModels? Models => models;

    /// <summary>Its process, or null.</summary>
    public int? Pid => own is null ? options.Pid : own.Pid;

    /// <summary>How often it has died.</summary>
    public int Deaths => Volatile.Read(ref _deaths);

    /// <summary>Whether it died so often that nothing more can be learned.</summary>
    public bool IsLost => Deaths >= MostDeaths;

    /// <summary>Where sockets are connected to.</summary>
    public static IPEndPoint EndPoint(Uri server) =>
        new(IPAddress.TryParse(server.Host, out var address) ? address : Dns.GetHostAddresses(server.Host)[0], server.Port);

    /// <summary>Whether the server, as far as it is the run's own, has died under a request; then it is noted once and started again.</summary>
    /// <param name="deaths"><see cref="Deaths"/> before the request was sent.</param>
    /// <param name="violations">Where it is noted.</param>
    /// <param name="inFlight">What may have been the cause.</param>
    public async Task<bool> HasDiedAsync(int deaths, Violations violations, Func<string> inFlight)
    {
        if (own is null)
            return false;
        var suspects = inFlight();
        // A process whose connections are gone may still be about to end.
        await Task.Delay(s_deathTakes, TimeProvider.System);
        await _gate.WaitAsync();
        try
        {
            if (deaths != _deaths)
                return true;
            if (own.ExitCode is not { } code)
                return false;
            _deaths++;
            violations.Add("the process ended", string.Create(CultureInfo.InvariantCulture, $"with {code}; in flight: {suspects}"));
            if (!IsLost)
                await own.StartAsync();
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
