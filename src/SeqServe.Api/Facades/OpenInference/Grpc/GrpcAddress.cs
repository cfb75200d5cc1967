using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>
/// Adds the address of gRPC to those of HTTP, on the same host: without TLS an endpoint cannot speak both HTTP/1.1 and HTTP/2. A startup filter, because it
/// runs when the host has collected its addresses from all configuration sources and the server does not listen yet.
/// </summary>
internal sealed partial class GrpcAddress(
    IServer server, IOptions<SeqServeOptions> options, IConfiguration configuration, ILogger<GrpcAddress> logger) : IStartupFilter
{
    /// <summary>The port where the configuration names none.</summary>
    public const int DefaultPort = 8081;

    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>Whether HTTP has the port where none is configured, so that there is no gRPC beside it.</summary>
    public bool IsOfHttp { get; private set; }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        // The list of addresses is not used where endpoints are configured one by one.
        if (server.Features.Get<IServerAddressesFeature>() is { Addresses: { IsReadOnly: false } addresses } && !configuration.GetSection(Endpoints).Exists())
        {
            ListenAddresses.Check("urls", addresses);
            Add(addresses);
        }

        return next;
    }

    private void Add(ICollection<string> addresses)
    {
        var port = options.Value.GrpcPort ?? DefaultPort;
        IsOfHttp = port > 0 && HasPort(addresses, port);
        if (IsOfHttp && options.Value.GrpcPort is not null)
        {
            throw new OptionsValidationException(
                SeqServeOptions.Section,
                typeof(SeqServeOptions),
                [$"SeqServe:GrpcPort = {port}: HTTP listens on this port; choose another for one of them, or 0 for no gRPC"]);
        }

        if (IsOfHttp)
            PortTaken(logger, port);
        if (port == 0 || Beside(addresses, port) is not { } address)
            return;
        // A second server on the machine starts without gRPC, unless its configuration names a port.
        if (options.Value.GrpcPort is null && !IsFree(address))
            PortTaken(logger, port);
        else
            addresses.Add(address);
    }

    /// <summary>The address of gRPC, or null where there is no plain HTTP, or HTTP has the port itself.</summary>
    internal static string? Beside(IEnumerable<string> addresses, int port)
    {
        var http = addresses.Select(BindingAddress.Parse)
            .FirstOrDefault(a => a.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase) && !a.IsUnixPipe && !a.IsNamedPipe);
        return http is null || HasPort(addresses, port) ? null : $"http://{http.Host}:{port}";
    }

    private static bool HasPort(IEnumerable<string> addresses, int port) =>
        addresses.Select(BindingAddress.Parse).Any(a => !a.IsUnixPipe && !a.IsNamedPipe && a.Port == port);

    private static bool IsFree(string address)
    {
        var parsed = BindingAddress.Parse(address);
        var host = parsed.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var ip) ? ip : IPAddress.Any;
        try
        {
            using var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(host, parsed.Port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LoggerMessage(
        EventIds.GrpcPortTaken, LogLevel.Warning, "Port {Port} is taken, so gRPC is not served. Set SeqServe__GrpcPort to a free port, or to 0 for none")]
    private static partial void PortTaken(ILogger logger, int port);
}
