using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace SeqServe.Api.Hosting;

/// <summary>Where the server listens.</summary>
internal sealed class ServerAddress(IServer server)
{
    /// <summary>Whether any address it listens on is not the machine's own alone; false without a network server.</summary>
    public bool IsReachable() => server.Features.Get<IServerAddressesFeature>()?.Addresses.Any(address => !IsLoopback(address)) == true;

    /// <summary>The first address listened on, with a wildcard host made <c>localhost</c>; empty without a network server.</summary>
    public string Find()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        return address.Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
            .Replace("//*", "//localhost", StringComparison.Ordinal)
            .Replace("//+", "//localhost", StringComparison.Ordinal);
    }

    private static bool IsLoopback(string address)
    {
        var host = BindingAddress.Parse(address).Host;
        return host == "localhost" || host.StartsWith("unix:", StringComparison.Ordinal) || host.StartsWith("pipe:", StringComparison.Ordinal)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
